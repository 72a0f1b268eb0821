import type { ItemId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import { parseOccurrenceItemId } from '../../domain/occurrence-key.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { Log } from '../../ports/log.ts';
import { readOccurrenceItems } from './ews-occurrences.ts';
import { readBatch } from './ews-reads.ts';
import { readAppointments } from './ews-series-reads.ts';
import type { EwsCall, EwsSession } from './ews-session.ts';

/** One batch of items of a kind, occurrences among them by the ids that they have in the domain. */
export async function readItems(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  kind: ItemKind,
  ids: readonly ItemId[],
): Promise<Outcome<SyncItem>[]> {
  if (kind !== 'appointment') return readBatch(session, log, call, kind, ids, true);
  const keys = ids.map(parseOccurrenceItemId);
  const whole = ids.filter((_id, index) => keys[index] === undefined);
  const found = keys.filter((key) => key !== undefined);
  const read = whole.length === 0 ? [] : await readAppointments(session, log, call, whole);
  const occurrences = found.length === 0 ? [] : await readOccurrenceItems(session, log, call, found);
  const [nextWhole, nextOccurrence] = [read.values(), occurrences.values()];
  return keys.flatMap((key) => (key === undefined ? nextWhole : nextOccurrence).next().value ?? []);
}
