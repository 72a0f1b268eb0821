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

  const loop = loopOf(effect, limits.writesPerItem, deps.clock.now().getTime());
  if (loop !== undefined) throw await standStill(deps, box, { brake: 'writeLoop', ...loop, recordId }, kind);
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

const within = (writes: LiveMapping['writes'], now: number): LiveMapping['writes'] =>
  writes === undefined || now - Date.parse(writes.since) >= hourMs ? undefined : writes;

/** A side that is written for the other time after time is more likely a busy person than a loop: it may be so as often. */
const oneWay = 3;

/** How much was seen of what limit, where the sides answer each other's writes over and over or one is written far too often. */
function loopOf(
  { writes, side }: Effect,
  limit: number,
  now: number,
): { readonly seen: number; readonly limit: number } | undefined {
  const { count = 0, turns = count, last } = within(writes, now) ?? {};
  const turn = last === side ? turns : turns + 1;
  if (turn > limit) return { seen: turn, limit };
  return count >= limit * oneWay ? { seen: count + 1, limit: limit * oneWay } : undefined;
}

/** What a mapping keeps after writes to these sides, in their order. */
export function writesAfter(
  writes: LiveMapping['writes'],
  sides: readonly Effect['side'][],
  now: number,
): Pick<LiveMapping, 'writes'> {
  if (sides.length === 0) return writes === undefined ? {} : { writes };
  const before = within(writes, now);
  let { turns = before?.count ?? 0, last } = before ?? {};
  for (const side of sides) {
    if (side !== last) turns += 1;
    last = side;
  }
  const since = before?.since ?? new Date(now).toISOString();
  return {
    writes: { since, count: (before?.count ?? 0) + sides.length, turns, ...(last === undefined ? {} : { last }) },
  };
}
