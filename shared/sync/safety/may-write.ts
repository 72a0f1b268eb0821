import { hashOf } from '../../domain/hash.ts';
import type { LiveMapping, MailboxKey } from '../../domain/item-mapping.ts';
import { parseOccurrenceItemId } from '../../domain/occurrence-key.ts';
import type { MailboxAccess } from '../../ports/exchange-gateway.ts';
import type { CountMapped } from './count-mapped.ts';
import { type Effect, mailedBy } from './effect.ts';
import { addToHour, type Counter } from './rolling-hour.ts';
import { findStandstill, type StandStillDeps, standStill, standsStill } from './stand-still.ts';

export interface MayWriteDeps extends StandStillDeps {
  readonly countMapped: CountMapped;
}

const hourMs = 3_600_000;

/** What was counted for a write; taken back when the write surely did not happen. */
export type Counted = readonly { readonly counter: Counter; readonly by: number }[];

/**
 * Asked before every write on either side. Rejects with code Quarantined where the mailbox or the record stands still, and
 * where this write is the one too many: then it stands still from now on. Counts first and writes after, so that many who
 * write at once do not pass together. In the good case nothing is read from a table.
 */
export async function mayWrite(deps: MayWriteDeps, access: MailboxAccess, effect: Effect): Promise<Counted> {
  if (effect.despiteBrakes === true) return [];
  const { mailbox, profile } = access;
  const box = { organizationId: mailbox.organizationId, mailboxId: mailbox.id };
  const { brakes: limits } = profile;
  const { recordId, kind } = effect;
  const stands = await findStandstill(deps, box, recordId);
  if (stands !== undefined) throw standsStill(stands.brake);

  const written = writesWithinHour(effect.writes, deps.clock.now().getTime());
  if (written >= limits.writesPerItem) {
    const found = { brake: 'writeLoop', seen: written + 1, limit: limits.writesPerItem, recordId } as const;
    throw await standStill(deps, box, found, kind);
  }
  const counted: { counter: Counter; by: number }[] = [];
  if (effect.act === 'deleted' && effect.livesOn !== true) {
    const seen = await countDeletion(deps, box, effect, counted);
    const limit = seen > limits.deletions ? await deletionsLimit(deps, box, access, seen) : limits.deletions;
    if (seen > limit) throw await standStill(deps, box, { brake: 'massDeletion', seen, limit }, kind);
  }
  const mails = mailedBy(effect);
  if (mails > 0) {
    const seen = await addToHour(deps, box, 'mails', mails);
    counted.push({ counter: 'mails', by: mails });
    const limit = limits.mails;
    if (seen > limit) throw await standStill(deps, box, { brake: 'mailBudget', seen, limit }, kind);
  }
  return counted;
}

/**
 * How much was deleted within the hour, this included. Who deletes a series deletes one thing, of however many occurrences there are
 * records: only the first of them counts.
 */
async function countDeletion(
  deps: MayWriteDeps,
  box: MailboxKey,
  { itemId }: Effect,
  counted: { counter: Counter; by: number }[],
): Promise<number> {
  const occurrence = itemId && parseOccurrenceItemId(itemId);
  if (occurrence) {
    const counter: Counter = `series-${hashOf(occurrence.seriesId)}`;
    const ofSeries = await addToHour(deps, box, counter, 1);
    counted.push({ counter, by: 1 });
    if (ofSeries > 1) return 0;
  }
  counted.push({ counter: 'deletions', by: 1 });
  return addToHour(deps, box, 'deletions', 1);
}

/** It surely did not happen. A count that cannot be taken back stays: it errs on the safe side. */
export async function takeBack(deps: MayWriteDeps, box: MailboxKey, counted: Counted): Promise<void> {
  await Promise.allSettled(counted.map(({ counter, by }) => addToHour(deps, box, counter, -by)));
}

/** The number of the profile, or its share of what is mapped, whichever is more. Counted only once the number is passed. */
async function deletionsLimit(
  deps: MayWriteDeps,
  box: MailboxKey,
  { profile }: MailboxAccess,
  seen: number,
): Promise<number> {
  const { deletions, deletionsPercent } = profile.brakes;
  // What is gone already was mapped too.
  const mapped = (await deps.countMapped(box)) + seen - 1;
  return Math.max(deletions, Math.floor((mapped * deletionsPercent) / 100));
}

function writesWithinHour(writes: LiveMapping['writes'], now: number): number {
  return writes === undefined || now - Date.parse(writes.since) >= hourMs ? 0 : writes.count;
}

/** The count that a mapping keeps after so many writes more. */
export function writesAfter(writes: LiveMapping['writes'], more: number, now: number): Pick<LiveMapping, 'writes'> {
  if (more === 0) return writes === undefined ? {} : { writes };
  const before = writesWithinHour(writes, now);
  const since = before === 0 || writes === undefined ? new Date(now).toISOString() : writes.since;
  return { writes: { since, count: before + more } };
}
