import { cursorOf } from '../../domain/job-cursor.ts';
import type { MailboxJob } from '../../domain/mailbox-job.ts';
import { largestJobPart } from '../../domain/mailbox-job.ts';
import type { PlanLine, PlanPart } from '../../domain/plan-line.ts';
import { windowOf } from '../../domain/sync-window.ts';
import { mailboxKeyOf } from '../reconcile-types.ts';
import { counted, enabledKinds, type JobWork, nextKind, stepOf, waitingForWell } from './job-types.ts';
import { planSurvey } from './plan-survey.ts';
import { surveyMailbox } from './survey-mailbox.ts';

/**
 * What a sync would do with what lies in the window, without doing any of it. Also for a mailbox that nobody has approved yet: it
 * is looked at as if it were. The lines are kept as parts of the job; `counts.parts` says how many count.
 */
export const dryRun: JobWork = async (deps, context) => {
  const { job, scope, until } = context;
  const { mailbox, profile } = scope.access;
  const kinds = enabledKinds({ ...mailbox, approval: 'approved' }, profile);
  const kind = await nextKind(deps, context, kinds);
  if (kind === 'waiting') return stepOf(context, { wait: waitingForWell });
  if (kind === 'done') return stepOf(context, { end: { state: 'done', text: textOf(job.counts) } });
  const window = windowOf(deps.clock.now().getTime(), profile.window);
  const survey = await surveyMailbox(deps, scope, kind, window, { split: true, until });
  const lines = await planSurvey(deps, scope, survey);
  const cursor = cursorOf(job);
  const parts = partsOf(lines);
  for (const [at, part] of parts.entries())
    await deps.jobs.savePart(mailboxKeyOf(scope), job.id, cursor.part + at, part);
  return {
    cursor: { ...cursor, done: [...cursor.done, kind], part: cursor.part + parts.length },
    progress: { done: cursor.done.length + 1, total: kinds.length },
    counts: counted(job.counts, { ...countsOf(lines), parts: parts.length, lines: lines.length }),
  };
};

/** As many lines in one part as fit. */
function partsOf(lines: readonly PlanLine[]): string[] {
  const parts: PlanPart[] = [];
  let size = largestJobPart;
  for (const line of lines) {
    const length = Buffer.byteLength(JSON.stringify(line), 'utf8') + 1;
    if (size + length > largestJobPart - 100) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(line);
    size += length;
  }
  return parts.map((part) => JSON.stringify(part));
}

function countsOf(lines: readonly PlanLine[]): Record<string, number> {
  const sum: Record<string, number> = {};
  const add = (name: string, by = 1) => {
    sum[name] = (sum[name] ?? 0) + by;
  };
  for (const { act, toItem, toRecord, outsiders = 0 } of lines) {
    if (act !== 'write') add(act);
    if (toItem !== undefined) add('updateItem');
    if (toRecord !== undefined) add('updateRecord');
    if (outsiders > 0) add('mails');
    if (outsiders > 0) add('outsiders', outsiders);
  }
  return sum;
}

function textOf(counts: MailboxJob['counts']): string {
  const of = (...names: string[]) => names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  return [
    `Would link ${of('match', 'relink')} pairs and ask about ${of('doubtful')};`,
    `create ${of('createItem')} items and ${of('createRecord')} records;`,
    `update ${of('updateItem', 'recreateItem')} items and ${of('updateRecord', 'recreateRecord')} records;`,
    `remove ${of('removeItem', 'cancelBoth')} items and ${of('removeRecord')} records;`,
    `refuse ${of('refuse')}; and send ${of('mails')} mails to ${of('outsiders')} people outside.`,
  ].join(' ');
}
