import type { Appointment } from '../domain/appointment.ts';
import { occurrenceItemId } from '../domain/occurrence-key.ts';
import { wallTimeOf, zoneOr } from '../domain/time-zone.ts';
import { StoreConflict } from '../ports/stored.ts';
import { mailboxKeyOf, type ReconcileDeps, type ReconcileScope } from './reconcile-types.ts';

/**
 * A series got another time of day: its occurrences keep their days, and with them their records ([MS-OXOCAL] 2.2.1.44.1 knows
 * them by their dates). Gives the starts that are really gone. Dying half-way leaves some to the next look.
 */
export async function followShift(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  master: Appointment,
  vanished: readonly string[],
  occurrences: readonly Appointment[],
): Promise<string[]> {
  if (vanished.length === 0) return [];
  const box = mailboxKeyOf(scope);
  const zone = zoneOr(master.timeZone, 'UTC');
  const dayOf = (instant: string) => wallTimeOf(instant, zone).slice(0, 10);
  const byDay = new Map(occurrences.map((one) => [dayOf(one.occurrence?.originalStart ?? one.start), one]));
  const ids = vanished.map((start) => occurrenceItemId(master.itemId, start));
  const entries = await deps.mappings.findByItems(box, [...ids, ...occurrences.map(({ itemId }) => itemId)]);
  const gone: string[] = [];
  for (const [position, start] of vanished.entries()) {
    const former = ids[position];
    const entry = former && entries.get(former);
    const now = byDay.get(dayOf(start));
    if (former === undefined || entry?.state !== 'mapped' || now === undefined || entries.has(now.itemId)) {
      gone.push(start);
      continue;
    }
    const mapping = (await deps.mappings.findByRecords(box, [entry.recordId])).get(entry.recordId);
    if (mapping?.value.state !== 'live' || mapping.value.itemId !== former) {
      gone.push(start);
      continue;
    }
    // The change key stays the old one, so that the new time is still seen as a change.
    const change = { mapping: { ...mapping.value, itemId: now.itemId }, etag: mapping.etag, previousItemId: former };
    const [saved] = await deps.mappings.saveLive(box, [change]);
    if (saved === undefined) throw new StoreConflict('the mapping');
  }
  return gone;
}
