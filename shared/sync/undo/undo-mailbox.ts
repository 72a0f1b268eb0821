import { cursorOf, inputOf } from '../../domain/job-cursor.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import type { JournalPage } from '../../ports/journal-store.ts';
import { counted, type JobContext, type JobDeps, type JobStep, stepOf } from '../jobs/job-types.ts';
import { mailboxKeyOf } from '../reconcile-types.ts';
import { undoEntry } from './undo-entry.ts';
import type { Undone } from './undoing.ts';

const together = 20;
const beginning = '1970-01-01T00:00:00.000Z';

/** One entry that was left as it is, for the admin to look at. */
export interface LeftEntry extends Pick<JournalEntry, 'id' | 'at' | 'side' | 'act' | 'recordId'> {
  readonly result: Exclude<Undone, 'undone' | 'nothing'>;
}

/**
 * The work of a job of kind undo: takes back what the engine wrote in a mailbox, the newest first; within a time, of one record, or
 * one entry. What is left as it is, is named in the job's parts. Repeating a piece finds its writes no longer as they were written.
 */
export async function undoMailbox(deps: JobDeps, context: JobContext): Promise<JobStep> {
  const { job, scope } = context;
  const box = mailboxKeyOf(scope);
  const wanted = inputOf(job).undo ?? {};
  const { since = beginning, until = job.createdAt } = wanted;
  const cursor = cursorOf(job);
  const page = await pageOf(deps, context, cursor.after);
  const left: LeftEntry[] = [];
  const counts: Partial<Record<Undone, number>> = {};
  for (const entry of page.entries) {
    const result = await undoEntry(deps, scope, entry, wanted.entryId === undefined ? since : until);
    counts[result] = (counts[result] ?? 0) + 1;
    const { id, at, side, act, recordId } = entry;
    if (result !== 'undone' && result !== 'nothing') left.push({ id, at, side, act, recordId, result });
  }
  if (left.length > 0) await deps.jobs.savePart(box, job.id, cursor.part, JSON.stringify(left));
  const all = counted(job.counts, counts as Record<string, number>);
  const progress = { done: job.progress.done + page.entries.length };
  const part = cursor.part + (left.length > 0 ? 1 : 0);
  if (page.next !== undefined)
    return stepOf(context, { cursor: { ...cursor, part, after: page.next }, progress, counts: all });
  return stepOf(context, { cursor: { ...cursor, part }, progress, counts: all, end: endOf(all) });
}

async function pageOf(deps: JobDeps, { job, scope }: JobContext, before: string | undefined): Promise<JournalPage> {
  const box = mailboxKeyOf(scope);
  const { since, until = job.createdAt, recordId, entryId } = inputOf(job).undo ?? {};
  if (entryId !== undefined) {
    const entry = await deps.journal.find(box, entryId);
    return { entries: entry === undefined ? [] : [entry] };
  }
  return deps.journal.list(box, {
    limit: together,
    until,
    ...(since === undefined ? {} : { since }),
    ...(recordId === undefined ? {} : { recordId }),
    ...(before === undefined ? {} : { before }),
  });
}

/** What it came to, for the admin. */
function endOf(counts: Readonly<Record<string, number>>): NonNullable<JobStep['end']> {
  const { undone = 0, changedSince = 0, noImage = 0, gone = 0 } = counts;
  if (undone === 0 && noImage > 0) {
    const text =
      'Nothing was taken back: of what was there before no images are kept. Switch undo on in the profile: from then on they are, for 30 days.';
    return { state: 'refused', text };
  }
  const parts = [
    `${undone} taken back.`,
    ...(changedSince > 0 ? [`${changedSince} left: changed since.`] : []),
    ...(noImage > 0 ? [`${noImage} left: no image of what was there is kept.`] : []),
    ...(gone > 0 ? [`${gone} left: gone.`] : []),
  ];
  return { state: 'done', text: parts.join(' ') };
}
