import type { EmailServerProfile } from '../domain/email-server-profile.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import type { Clock } from '../ports/clock.ts';
import type { PollSchedule, PollScheduleStore } from '../ports/poll-schedule-store.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';

export interface LeaseDeps {
  readonly schedules: PollScheduleStore;
  readonly clock: Clock;
}

const leaseMs = 150_000;
/** A mailbox that changed in the last ten minutes is looked at each time, a quiet one less and less often. */
const hotForMs = 10 * 60_000;
const quietestFactor = 5;
const takeLeaseRounds = 3;
const endLeaseRounds = 3;

export interface Lease extends Stored<PollSchedule> {
  /** The poll before did not come to its end: what it queued may not be in the saved cursor. */
  readonly unfinished: boolean;
}

/**
 * Takes the mailbox for one poll; undefined when somebody else has it, or it is not in the schedule. The schedule puts the row
 * off in the very moment in which the poll it asked for begins: such a write is no reason to leave the mailbox alone.
 */
export async function takeLease({ schedules, clock }: LeaseDeps, key: MailboxKey): Promise<Lease | undefined> {
  for (let round = 0; round < takeLeaseRounds; round++) {
    const schedule = await schedules.find(key);
    const now = clock.now().getTime();
    if (schedule === undefined || Date.parse(schedule.value.leaseUntil ?? '') > now) return undefined;
    const value = { ...schedule.value, leaseUntil: new Date(now + leaseMs).toISOString() };
    try {
      const unfinished = schedule.value.leaseUntil !== undefined;
      return { value, etag: await schedules.save(key, value, schedule.etag), unfinished };
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
  }
  return undefined;
}

/** What a poll found that decides when to look again. */
export interface Polled {
  readonly changed: boolean;
  /** It ran out of time: go on at once. */
  readonly more: boolean;
  /** All that it queued is in the saved cursor. If not, a lease that is over stays in the row and tells the next poll. */
  readonly finished: boolean;
  /** Trouble that is retried: not before then. */
  readonly notBefore: string | undefined;
  readonly lastCheckedAt: string | undefined;
}

/**
 * Ends the lease and says when to look again: at the profile's pace while things change, up to five times slower when nothing
 * does. Whoever wrote meanwhile (the schedule put it off, an admin wants a look at once) kept our lease in the row: left
 * there, it would keep everybody out until it runs out. Of both due times the earlier one counts.
 */
export async function endLease(
  { schedules, clock }: LeaseDeps,
  key: MailboxKey,
  profile: EmailServerProfile,
  { value: leased, etag }: Stored<PollSchedule>,
  polled: Polled,
): Promise<void> {
  const planned = plan(leased, profile, polled, clock.now().getTime());
  let next = planned;
  let basis = etag;
  for (let round = 0; round < endLeaseRounds; round++) {
    try {
      await schedules.save(key, next, basis);
      return;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
    const fresh = await schedules.find(key);
    if (fresh === undefined || fresh.value.leaseUntil !== leased.leaseUntil) return;
    const dueAt = fresh.value.dueAt < planned.dueAt ? fresh.value.dueAt : planned.dueAt;
    next = { ...planned, profileId: fresh.value.profileId, dueAt };
    basis = fresh.etag;
  }
}

function plan(leased: PollSchedule, profile: EmailServerProfile, polled: Polled, now: number): PollSchedule {
  const { leaseUntil: _, lastPolledAt, ...rest } = leased;
  const at = new Date(now).toISOString();
  const lastChangeAt = polled.changed ? at : rest.lastChangeAt;
  const quietMs = lastChangeAt === undefined ? Number.POSITIVE_INFINITY : now - Date.parse(lastChangeAt);
  const factor = Math.min(Math.max(1, quietMs / hotForMs), quietestFactor);
  const pace = polled.more ? 0 : profile.minimumPollingIntervalMinutes * 60_000 * factor;
  const paced = new Date(now + pace).toISOString();
  const dueAt = polled.notBefore !== undefined && polled.notBefore > paced ? polled.notBefore : paced;
  return {
    ...rest,
    dueAt,
    ...(polled.finished ? { lastPolledAt: at } : { leaseUntil: at }),
    ...(polled.finished || lastPolledAt === undefined ? {} : { lastPolledAt }),
    ...(lastChangeAt === undefined ? {} : { lastChangeAt }),
    ...(polled.lastCheckedAt === undefined ? {} : { lastCheckedAt: polled.lastCheckedAt }),
  };
}
