import type { Change } from '../../domain/change-message.ts';
import type { ItemId, RecordId } from '../../domain/ids.ts';
import { ItemKind } from '../../domain/item.ts';
import type { LiveMapping } from '../../domain/item-mapping.ts';
import { cursorOf, inputOf } from '../../domain/job-cursor.ts';
import type { MailboxJob } from '../../domain/mailbox-job.ts';
import { type PlanLine, PlanPart } from '../../domain/plan-line.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';
import type { MailboxAccess } from '../../ports/exchange-gateway.ts';
import type { Stored } from '../../ports/stored.ts';
import { chunks } from '../chunks.ts';
import { privateItem } from '../look-up-item.ts';
import { mailboxKeyOf, type ReconcileScope } from '../reconcile-types.ts';
import { askPerson } from './first-sync.ts';
import { itemChange, recordChange } from './job-changes.ts';
import { counted, type JobContext, type JobDeps, type JobStep, type JobWork, stepOf } from './job-types.ts';
import { linkPair } from './link-pair.ts';

/**
 * Carries out the plan of a dry run, if nothing that it names has changed since: pairs are linked, and the engine is told of
 * the rest, change by change. What has changed refuses the whole plan, and nothing is written.
 */
export const applyPlan: JobWork = async (deps, context) => {
  const { job, scope } = context;
  const plan = await planOf(deps, context);
  if (plan === undefined)
    return refused(context, 'There is no such plan of this mailbox, or its dry run has not come to its end.');
  const cursor = cursorOf(job);
  const total = 2 * (plan.counts['parts'] ?? 0);
  const isVerifying = cursor.phase !== 'apply';
  const lines = await partOf(deps, plan, cursor.part);
  const done = job.progress.done + 1;
  if (isVerifying && lines !== undefined) {
    const seen = await readNamed(deps, scope, lines);
    const changed = lines.filter((line) => hasChanged(scope.access, line, seen)).length;
    const counts = counted(job.counts, { checked: lines.length, changed });
    return { cursor: { ...cursor, part: cursor.part + 1 }, progress: { done, total }, counts };
  }
  if (isVerifying) {
    const { changed = 0, checked = 0 } = job.counts;
    if (changed > 0)
      return refused(
        context,
        `${changed} of ${checked} have changed since the plan was made. Nothing was written: make another plan.`,
      );
    return stepOf(context, {
      cursor: { ...cursor, phase: 'apply', part: 0 },
      progress: { done: job.progress.done, total },
    });
  }
  if (lines === undefined) {
    const { linked = 0, queued = 0, asked = 0 } = job.counts;
    const text = `${linked} pairs were linked, ${asked} wait for your decision, ${queued} changes were queued.`;
    return stepOf(context, { end: { state: 'done', text } });
  }
  const counts = counted(job.counts, await carryOut(deps, scope, lines));
  return { cursor: { ...cursor, part: cursor.part + 1 }, progress: { done, total }, counts };
};

const refused = (context: JobContext, text: string): JobStep => stepOf(context, { end: { state: 'refused', text } });

async function planOf(deps: JobDeps, { job, scope }: JobContext): Promise<MailboxJob | undefined> {
  const plan = await deps.jobs.find(mailboxKeyOf(scope), inputOf(job).planId ?? '');
  return plan?.value.kind === 'dryRun' && plan.value.state === 'done' ? plan.value : undefined;
}

/** Undefined after the last part. */
async function partOf(
  { jobs }: JobDeps,
  { organizationId, mailboxId, id, counts }: MailboxJob,
  number: number,
): Promise<PlanPart | undefined> {
  if (number >= (counts['parts'] ?? 0)) return undefined;
  let at = 0;
  for await (const part of jobs.readParts({ organizationId, mailboxId }, id)) {
    if (at === number) return PlanPart.parse(JSON.parse(part));
    at += 1;
  }
  return undefined;
}

/** What lines name, as it is now; a private item is as good as gone. */
interface Named {
  readonly records: ReadonlyMap<RecordId, SyncRecord | 'deleted' | 'missing'>;
  readonly items: ReadonlyMap<ItemId, SyncItem | 'gone'>;
}

async function readNamed(deps: JobDeps, scope: ReconcileScope, lines: readonly PlanLine[]): Promise<Named> {
  const records = new Map<RecordId, SyncRecord | 'deleted' | 'missing'>();
  const named = [...new Set(lines.flatMap(({ recordId }) => (recordId === undefined ? [] : [recordId])))];
  for (const some of chunks(named, 100)) {
    const reads = await deps.crm.readRecords(scope.connection, some);
    for (const [at, id] of some.entries()) {
      const read = reads[at];
      if (read !== undefined) records.set(id, read.state === 'present' ? read.record : read.state);
    }
  }
  const items = new Map<ItemId, SyncItem | 'gone'>();
  for (const kind of ItemKind.options) {
    const ids = lines.flatMap((line) => (line.kind === kind && line.itemId !== undefined ? [line.itemId] : []));
    for (const some of chunks([...new Set(ids)], deps.exchange.capabilities.batchSize)) {
      const outcomes = await deps.exchange.readItems(scope.access, kind, some);
      for (const [at, id] of some.entries()) {
        const outcome = outcomes[at];
        if (outcome === undefined) continue;
        if (!outcome.ok && outcome.error.kind !== 'notFound' && outcome.error.code !== privateItem) throw outcome.error;
        items.set(id, outcome.ok ? outcome.value : 'gone');
      }
    }
  }
  return { records, items };
}

function hasChanged(
  { mailbox }: MailboxAccess,
  { recordId, itemId, version, changeKey }: PlanLine,
  { records, items }: Named,
): boolean {
  const record = recordId === undefined ? undefined : records.get(recordId);
  const item = itemId === undefined ? undefined : items.get(itemId);
  // What another user has now is gone for this mailbox.
  const present = typeof record === 'object' && (version !== undefined || record.ownerId === mailbox.crmUserId);
  const isRecordSame = present ? record.version === version : version === undefined && record !== 'missing';
  const isItemSame = typeof item === 'object' ? item.changeKey === changeKey : changeKey === undefined;
  return !(isRecordSame || recordId === undefined) || !(isItemSame || itemId === undefined);
}

/** Links pairs, asks about doubtful ones, and tells the engine of the rest. */
async function carryOut(
  deps: JobDeps,
  scope: ReconcileScope,
  lines: readonly PlanLine[],
): Promise<Record<string, number>> {
  const pairs = lines.filter(({ act }) => act === 'match' || act === 'relink');
  const named = await readNamed(deps, scope, pairs);
  let linked = 0;
  for (const line of pairs) if (await link(deps, scope, line, named)) linked += 1;
  const doubtful = lines.filter(({ act }) => act === 'doubtful');
  for (const { kind, recordId, itemId, score = 0, reasons = [] } of doubtful)
    if (recordId !== undefined && itemId !== undefined)
      await askPerson(deps, scope, kind, [{ recordId, itemId, score, reasons }]);
  const news = lines.filter(({ act }) => act !== 'doubtful').flatMap((line) => newsOf(deps, scope, line));
  for (const some of chunks(news, 100)) await deps.changes.send(some.map((body) => ({ body })));
  return { linked, asked: doubtful.length, queued: news.length };
}

async function link(deps: JobDeps, scope: ReconcileScope, line: PlanLine, named: Named): Promise<boolean> {
  const { recordId, itemId, act, score = 0, reasons = [] } = line;
  if (recordId === undefined || itemId === undefined) return false;
  const item = named.items.get(itemId);
  if (typeof item !== 'object') return false;
  const mapping = (await deps.mappings.findByRecords(mailboxKeyOf(scope), [recordId])).get(recordId);
  if (mapping?.value.state === 'live' && mapping.value.itemId === itemId) return true;
  if (act === 'relink') {
    if (mapping?.value.state !== 'live') return false;
    const moved = { how: 'moved', mapping: mapping as Stored<LiveMapping>, item } as const;
    return (await linkPair(deps, scope, moved)) === 'linked';
  }
  const record = named.records.get(recordId);
  if (typeof record !== 'object') return false;
  const how = reasons.includes('sameStamp') ? 'stamp' : 'score';
  return (await linkPair(deps, scope, { how, record, item, score, reasons })) === 'linked';
}

function newsOf(deps: JobDeps, scope: ReconcileScope, line: PlanLine): Change[] {
  const { kind, recordId, itemId, version, changeKey, news = [] } = line;
  return news.flatMap((side): Change[] => {
    if (side === 'record')
      return recordId === undefined ? [] : [recordChange(deps, scope, recordId, 'updated', version)];
    if (itemId === undefined) return [];
    return [itemChange(deps, scope, kind, itemId, side === 'check' ? 'check' : 'updated', changeKey)];
  });
}
