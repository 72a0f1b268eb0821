import type { MailboxId, OrganizationId } from '../domain/ids.ts';
import type { LiveMapping } from '../domain/item-mapping.ts';
import { cursorOf, type JobCursor } from '../domain/job-cursor.ts';
import type { MailboxJob } from '../domain/mailbox-job.ts';
import { OffBoarding, offBoarded } from '../domain/off-boarding.ts';
import { SyncError } from '../domain/sync-error.ts';
import type { Erasable } from '../ports/erasable.ts';
import type { ExchangeGateway, MailboxAccess } from '../ports/exchange-gateway.ts';
import type { MappingStore } from '../ports/mapping-store.ts';
import { counted, type JobStep, stepOf } from '../sync/jobs/job-types.ts';
import { type StopDeps, stopMailbox, stopOrganization } from './stop-syncing.ts';
import { takeItemsOff } from './take-items-off.ts';

export interface RunOffBoardingDeps extends StopDeps {
  readonly exchange: ExchangeGateway;
  readonly mappings: MappingStore;
  /** All that keeps anything, by name, in the order of erasure: `directory` last, `jobs` among them. */
  readonly erasables: Readonly<Record<string, Erasable>>;
  /** How long it waits for what was under way; absent: longer than a handler may take and a process believes what it has read of the directory. */
  readonly offBoardingQuietMs?: number;
}

const longQuietMs = 3 * 60_000;
const together = 20;

type Phase = 'stop' | 'items' | 'erase' | 'eraseAgain';
interface Place {
  readonly job: MailboxJob;
  readonly wish: OffBoarding;
  readonly cursor: JobCursor;
}

/**
 * One piece of an off-boarding: stop; wait until what was under way has ended; take the items out of Exchange; erase store by store;
 * wait, and erase what messages on their way have left since. Safe to repeat from where the row says. The row counts what was
 * removed, and is the receipt in the end. Dying between an erasure and the row loses that store's count, never the erasure.
 */
export async function runOffBoarding(deps: RunOffBoardingDeps, job: MailboxJob): Promise<JobStep> {
  const cursor = cursorOf(job);
  const place: Place = { job, wish: OffBoarding.parse(JSON.parse(job.input ?? '{}')), cursor };
  const phase = (cursor.phase ?? 'stop') as Phase;
  if (phase !== 'stop' && (await isBack(deps, job.organizationId, place.wish))) {
    const text = 'Stopped: it was enrolled again meanwhile.';
    return stepOf({ job }, { end: { state: 'stopped', text } });
  }
  switch (phase) {
    case 'stop':
      await stop(deps, place);
      return waiting(deps, place, 'items', 'Waits until all that was under way has ended.');
    case 'items':
      return isTooEarly(deps, place) ?? items(deps, place);
    case 'erase':
      return erase(deps, place, 'erase');
    case 'eraseAgain':
      return isTooEarly(deps, place) ?? erase(deps, place, 'eraseAgain');
    default:
      return phase satisfies never;
  }
}

async function stop(deps: RunOffBoardingDeps, { job: { organizationId }, wish }: Place): Promise<void> {
  if (wish.mailboxId === undefined) return stopOrganization(deps, organizationId);
  return stopMailbox(deps, { organizationId, mailboxId: wish.mailboxId });
}

function waiting(deps: RunOffBoardingDeps, { job, cursor }: Place, phase: Phase, text: string): JobStep {
  const quietMs = deps.offBoardingQuietMs ?? longQuietMs;
  const quietUntil = new Date(deps.clock.now().getTime() + quietMs).toISOString();
  return stepOf(
    { job },
    { cursor: { ...cursor, phase, after: quietUntil, part: 0 }, wait: { afterMs: quietMs, text } },
  );
}

/** A message that came before its time. */
function isTooEarly({ clock }: RunOffBoardingDeps, { job, cursor }: Place): JobStep | undefined {
  const left = Date.parse(quietUntilOf(cursor)) - clock.now().getTime();
  if (!(left > 0)) return undefined;
  return stepOf({ job }, { wait: { afterMs: left, text: 'Waits until all that was under way has ended.' } });
}

/** While it waits the cursor holds a time; later the mailbox that it is at. */
const quietUntilOf = ({ after = '' }: JobCursor): string => (after.includes(':') ? after : '');

async function isBack(
  { directory }: RunOffBoardingDeps,
  id: OrganizationId,
  { mailboxId }: OffBoarding,
): Promise<boolean> {
  if (mailboxId === undefined) return (await directory.findOrganization(id))?.value.state === 'active';
  const mailbox = await directory.findMailbox(id, mailboxId);
  return mailbox !== undefined && mailbox.value.approval !== 'rejected';
}

/** The items of some mappings of one mailbox. The cursor names the mailbox and how many of its mappings are done: they no longer change. */
async function items(deps: RunOffBoardingDeps, place: Place): Promise<JobStep> {
  const { job, wish, cursor } = place;
  const next = { ...cursor, phase: 'erase' satisfies Phase, part: 0 };
  if (wish.items === 'keep') return stepOf({ job }, { cursor: next });
  const boxes = await mailboxesOf(deps, job.organizationId, wish);
  const at = quietUntilOf(cursor) === '' ? cursor.after : undefined;
  const mailboxId = boxes.find((id) => at === undefined || id >= at);
  if (mailboxId === undefined) return stepOf({ job }, { cursor: next });
  const skipped = mailboxId === at ? cursor.part : 0;
  const access = await accessOf(deps, job.organizationId, mailboxId);
  const some = access === undefined ? [] : await someOf(deps, access, skipped);
  if (access === undefined || some.length === 0) {
    const following = boxes.find((id) => id > mailboxId);
    if (following === undefined) return stepOf({ job }, { cursor: next });
    return stepOf({ job }, { cursor: { ...cursor, phase: 'items', after: following, part: 0 } });
  }
  try {
    const taken = await takeItemsOff(deps.exchange, access, some);
    const counts = Object.fromEntries(Object.entries(taken).map(([name, count]) => [`items.${name}`, count]));
    const done = skipped + some.length;
    return stepOf(
      { job },
      {
        cursor: { ...cursor, phase: 'items', after: mailboxId, part: done },
        progress: { done: job.progress.done + some.length },
        counts: counted(job.counts, counts),
      },
    );
  } catch (error) {
    return afterTrouble(place, mailboxId, error);
  }
}

/** Of a mailbox that cannot be reached the items stay, unless that mends itself: the admin decides. */
function afterTrouble({ job }: Place, mailboxId: MailboxId, error: unknown): JobStep {
  if (!(error instanceof SyncError) || error.remedy.kind === 'retry' || error.remedy.kind === 'resync') throw error;
  const { code, message, remedy } = error;
  if (remedy.kind === 'pause') {
    const text = `Waits: Exchange answers ${code}. It goes on by itself.`;
    return stepOf({ job }, { wait: { afterMs: remedy.forMs ?? 60_000, text } });
  }
  const text = `The items of mailbox ${mailboxId} cannot be removed. ${code}: ${message} Mend that and start it again, or let the items stay.`;
  return stepOf({ job }, { end: { state: 'failed', text: text.slice(0, 1_000) } });
}

async function mailboxesOf(
  { directory }: RunOffBoardingDeps,
  organizationId: OrganizationId,
  { mailboxId }: OffBoarding,
): Promise<MailboxId[]> {
  if (mailboxId !== undefined) return [mailboxId];
  return (await directory.listMailboxes(organizationId)).map(({ id }) => id).sort();
}

async function accessOf(
  { directory }: RunOffBoardingDeps,
  organizationId: OrganizationId,
  mailboxId: MailboxId,
): Promise<MailboxAccess | undefined> {
  const mailbox = await directory.findMailbox(organizationId, mailboxId);
  const profile = mailbox && (await directory.findProfile(organizationId, mailbox.value.profileId));
  return mailbox && profile && { mailbox: mailbox.value, profile: profile.value };
}

async function someOf(
  { mappings }: RunOffBoardingDeps,
  { mailbox }: MailboxAccess,
  skipped: number,
): Promise<LiveMapping[]> {
  const some: LiveMapping[] = [];
  let at = 0;
  for await (const { value } of mappings.listLive({ organizationId: mailbox.organizationId, mailboxId: mailbox.id })) {
    if (at >= skipped) some.push(value);
    at += 1;
    if (some.length === together) break;
  }
  return some;
}

/** Erases the next store; after the last waits, or ends. */
async function erase(deps: RunOffBoardingDeps, place: Place, phase: 'erase' | 'eraseAgain'): Promise<JobStep> {
  const { job, wish, cursor } = place;
  const stores = Object.entries(deps.erasables);
  const [name, store] = stores[cursor.part] ?? [];
  if (name === undefined || store === undefined) {
    if (phase === 'erase')
      return waiting(deps, place, 'eraseAgain', 'Erased; waits to see whether anything comes after it.');
    const text = wish.mailboxId === undefined ? 'The organization was off-boarded.' : 'The mailbox was off-boarded.';
    return stepOf({ job }, { end: { state: 'done', text } });
  }
  const removed = await eraseIn(deps, job.organizationId, wish, name, store);
  return stepOf(
    { job },
    {
      cursor: { ...cursor, phase, part: cursor.part + 1 },
      counts: counted(job.counts, { [`erased.${name}`]: removed }),
    },
  );
}

async function eraseIn(
  { jobs }: RunOffBoardingDeps,
  organizationId: OrganizationId,
  { mailboxId }: OffBoarding,
  name: string,
  store: Erasable,
): Promise<number> {
  if (mailboxId !== undefined) return store.eraseMailbox({ organizationId, mailboxId });
  if (name !== 'jobs') return store.eraseOrganization(organizationId);
  // The receipts stay, this one among them.
  let removed = 0;
  const boxes = new Set((await jobs.list(organizationId)).map((job) => job.mailboxId));
  boxes.delete(offBoarded);
  for (const one of boxes) removed += await store.eraseMailbox({ organizationId, mailboxId: one });
  return removed;
}
