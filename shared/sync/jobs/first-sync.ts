import { hashOf } from '../../domain/hash.ts';
import type { ItemKind } from '../../domain/item.ts';
import { cursorOf, inputOf } from '../../domain/job-cursor.ts';
import type { MatchPair } from '../../domain/match-pairs.ts';
import type { ReviewPair } from '../../domain/review-pair.ts';
import { type SyncWindow, windowOf } from '../../domain/sync-window.ts';
import { StoreConflict } from '../../ports/stored.ts';
import { chunks } from '../chunks.ts';
import { folderOf } from '../read-mailbox-feed.ts';
import { mailboxKeyOf, type ReconcileScope } from '../reconcile-types.ts';
import {
  counted,
  enabledKinds,
  type JobContext,
  type JobDeps,
  type JobStep,
  type JobWork,
  nextKind,
  stepOf,
  waitingForWell,
} from './job-types.ts';
import { type Linked, linkPair } from './link-pair.ts';
import { matchSurvey } from './match-survey.ts';
import { startMailboxJob } from './start-mailbox-job.ts';
import { surveyMailbox } from './survey-mailbox.ts';

const linkedTogether = 20;
const mostRounds = 5;

/**
 * Links what is on both sides already, before the mailbox is synced: what another product or a person copied is not made a second
 * time. Nothing is created, nobody gets mail, and where a person must decide both sides stay as they are. Until a kind is
 * matched, its changes are held and its feed is not read.
 */
export const firstSync: JobWork = async (deps, context) => {
  const { job, scope } = context;
  const { mailbox, profile } = scope.access;
  const wanted = enabledKinds(mailbox, profile).filter((kind) => inputOf(job).kinds?.includes(kind) ?? true);
  const kind = await nextKind(deps, context, wanted);
  if (kind === 'waiting') return stepOf(context, { wait: waitingForWell });
  if (kind !== 'done') return matchKind(deps, context, kind);
  if (wanted.length === 0)
    return stepOf(context, { end: { state: 'stopped', text: 'The mailbox does not sync what was to be matched.' } });
  await wake(deps, scope);
  await startMailboxJob(deps, mailboxKeyOf(scope), { kind: 'sweep', by: job.by, afterMs: 10_000 });
  const { matched = 0, doubtful = 0 } = job.counts;
  const text = `${matched} items were linked to their records; ${doubtful} pairs wait for your decision.`;
  return stepOf(context, { end: { state: 'done', text } });
};

async function matchKind(deps: JobDeps, context: JobContext, kind: ItemKind): Promise<JobStep> {
  const { job, scope, until } = context;
  const window = matchingWindow(deps.clock.now().getTime(), scope);
  const survey = await surveyMailbox(deps, scope, kind, window, { split: true, until });
  const { links, doubtful } = await matchSurvey(deps, scope, survey);
  await askPerson(deps, scope, kind, doubtful);
  const results: Linked[] = [];
  for (const some of chunks(links, linkedTogether)) {
    if (deps.clock.now().getTime() > until) break;
    results.push(...(await Promise.all(some.map((link) => linkPair(deps, scope, link)))));
  }
  const matched = results.filter((one) => one === 'linked').length;
  const counts = counted(job.counts, { matched, doubtful: doubtful.length });
  const before = job.progress.done;
  const progress = { done: before + results.length, total: before + links.length };
  const cursor = cursorOf(job);
  // What changed under our hands is looked at again, but not for ever.
  const again = results.includes('changed') && cursor.part < mostRounds;
  if (results.length < links.length) return { cursor, progress, counts };
  if (again) return { cursor: { ...cursor, part: cursor.part + 1 }, progress, counts };
  // Read anew from its beginning, the feed tells of all that was linked here.
  await deps.cursors.forgetSyncState(mailboxKeyOf(scope), folderOf(kind));
  await wake(deps, scope);
  return { cursor: { ...cursor, done: [...cursor.done, kind], part: 0 }, progress, counts };
}

/** Copies lie outside the window as well, and CRM → Exchange has none: matched is a month back and two years ahead at least. */
function matchingWindow(now: number, { access }: ReconcileScope): SyncWindow {
  const { daysBack, daysAhead } = access.profile.window;
  return windowOf(now, { daysBack: Math.max(daysBack, 31), daysAhead: Math.max(daysAhead, 730) });
}

/** Puts pairs on the review list; one that is there stays as it is. */
export async function askPerson(
  { reviews, clock }: JobDeps,
  scope: ReconcileScope,
  kind: ItemKind,
  pairs: readonly MatchPair[],
): Promise<void> {
  const foundAt = clock.now().toISOString();
  for (const { recordId, itemId, score, reasons } of pairs) {
    const id = hashOf('pair', recordId, itemId).slice(0, 32);
    const pair: ReviewPair = {
      ...mailboxKeyOf(scope),
      id,
      kind,
      recordId,
      itemId,
      score,
      reasons: [...reasons],
      foundAt,
    };
    try {
      await reviews.save(pair);
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
  }
}

/** What was held goes on, and the mailbox is looked into at once. */
async function wake(deps: JobDeps, scope: ReconcileScope): Promise<void> {
  const box = mailboxKeyOf(scope);
  const now = deps.clock.now();
  const schedule = await deps.schedules.find(box);
  if (schedule !== undefined)
    await deps.schedules
      .save(box, { ...schedule.value, dueAt: now.toISOString() }, schedule.etag)
      .catch(ignoreConflict);
  // A moment later, when the job's row says that it is done.
  const at = new Date(now.getTime() + 2_000);
  await deps.changes.send([
    { body: { kind: 'wakeUp', schema: 1, scope: { kind: 'mailbox', ...box }, pauseId: deps.random.id(), hop: 0 }, at },
  ]);
}

function ignoreConflict(error: unknown): void {
  if (!(error instanceof StoreConflict)) throw error;
}
