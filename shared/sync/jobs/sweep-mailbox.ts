import type { ItemKind } from '../../domain/item.ts';
import { cursorOf } from '../../domain/job-cursor.ts';
import { windowOf } from '../../domain/sync-window.ts';
import { chunks } from '../chunks.ts';
import { folderOf } from '../read-mailbox-feed.ts';
import { mailboxKeyOf } from '../reconcile-types.ts';
import { findDrift } from './find-drift.ts';
import type { FirstSyncGate } from './first-sync-gate.ts';
import { dropStalePairs } from './in-review.ts';
import { counted, enabledKinds, type JobWork, nextKind, stepOf, waitForWellMs, waitingForWell } from './job-types.ts';
import { surveyMailbox } from './survey-mailbox.ts';

const sentTogether = 100;

/**
 * The nightly look at both sides: what webhooks and feeds lost, what entered the window by the passing of a day, what vanished
 * unseen. It only queues news and writes nothing itself. It looks at the window of the profile: records outside it are synced when
 * they change, because CRM → Exchange has no window, but their loss is not noticed here.
 */
export function sweepMailbox(firstSync: FirstSyncGate): JobWork {
  return async (deps, context) => {
    const { job, scope, until } = context;
    const box = mailboxKeyOf(scope);
    const enabled = enabledKinds(scope.access.mailbox, scope.access.profile);
    const held = await Promise.all(enabled.map((kind) => firstSync(box, kind)));
    const kind = await nextKind(
      deps,
      context,
      enabled.filter((_, at) => held[at] !== true),
    );
    if (kind === 'waiting') return stepOf(context, { wait: waitingForWell });
    if (kind === 'done') {
      if (held.includes(true)) return stepOf(context, { wait: waitingForFirstSync });
      const { records = 0, items = 0 } = job.counts;
      const text = `Looked at ${records} records and ${items} items; ${job.counts['news'] ?? 0} changes were queued.`;
      return stepOf(context, { end: { state: 'done', text } });
    }
    // Where the feed begins anew, what is deleted before it has begun is told of by nobody but a sweep after that.
    if (job.by === 'engine' && (await deps.cursors.findSyncState(box, folderOf(kind))) === undefined)
      return stepOf(context, { wait: waitingForFeed });
    const window = windowOf(deps.clock.now().getTime(), scope.access.profile.window);
    const survey = await surveyMailbox(deps, scope, kind, window, { split: false, until });
    await dropStalePairs(deps, scope, survey);
    const news = await findDrift(deps, scope, survey);
    for (const some of chunks(news, sentTogether)) await deps.changes.send(some.map((body) => ({ body })));
    const cursor = cursorOf(job);
    return {
      cursor: { ...cursor, done: [...cursor.done, kind] satisfies ItemKind[] },
      progress: { done: cursor.done.length + 1, total: enabled.length },
      counts: counted(job.counts, { records: survey.records.size, items: survey.items.size, news: news.length }),
    };
  };
}

const waitingForFeed = { afterMs: waitForWellMs / 10, text: 'Waits until the folder is read anew.' };
const waitingForFirstSync = { afterMs: waitForWellMs / 10, text: 'Waits for the first sync of this mailbox.' };
