import type { Change } from '../../domain/change-message.ts';
import { CrmVersion, type ItemId, type RecordId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import type { LiveMapping } from '../../domain/item-mapping.ts';
import type { RuleContext } from '../../domain/kind-rules.ts';
import type { PlanLine } from '../../domain/plan-line.ts';
import { outsidersTold } from '../../domain/plan-mails.ts';
import { type ItemSide, planSync, type RecordSide, type SyncPlan } from '../../domain/plan-sync.ts';
import { rulesOf } from '../../domain/rules-of.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';
import { chunks } from '../chunks.ts';
import { findMappedItem, readItem } from '../look-up-item.ts';
import { presentItem, presentRecord, type ReconcileScope, ruleContextOf } from '../reconcile-types.ts';
import { findDrift } from './find-drift.ts';
import type { JobDeps } from './job-types.ts';
import { type Link, matchSurvey, recordIdOf } from './match-survey.ts';
import type { Survey } from './survey-mailbox.ts';

/** What a plan is made for: a pair with a mapping (or one that is to get it), with what is told of either side. */
interface Subject {
  readonly mapping: LiveMapping | undefined;
  readonly record: RecordSide;
  readonly item: ItemSide;
  readonly news: NonNullable<PlanLine['news']>;
}

const unread = { known: false } as const;
/** What waits together travels together; more than a lane holds must not wait. */
const lookedAtTogether = 20;

/**
 * What a first sync and the engine after it would do with what was surveyed, line by line. Reads as they would, by the same
 * rules, and writes nothing.
 */
export async function planSurvey(deps: JobDeps, scope: ReconcileScope, survey: Survey): Promise<PlanLine[]> {
  const { links, doubtful } = await matchSurvey(deps, scope, survey);
  const lines: PlanLine[] = [];
  for (const some of chunks(links, lookedAtTogether))
    lines.push(...(await Promise.all(some.map((link) => lineOfLink(deps, scope, survey, link)))).flat());
  for (const { recordId, itemId, score, reasons } of doubtful) {
    const [version, changeKey] = [survey.records.get(recordId)?.version, survey.items.get(itemId)?.changeKey];
    lines.push(
      tidy({ act: 'doubtful', kind: survey.kind, recordId, itemId, version, changeKey, score, reasons: [...reasons] }),
    );
  }
  const spoken = new Set<RecordId | ItemId>([
    ...links.flatMap((link) => [recordIdOf(link), link.item.itemId]),
    ...doubtful.flatMap(({ recordId, itemId }) => [recordId, itemId]),
  ]);
  for (const link of links) if (link.how === 'moved') spoken.add(link.mapping.value.itemId);
  const drift = (await findDrift(deps, scope, survey)).filter(
    (change) => !spoken.has(change.kind === 'exchangeChange' ? change.itemId : change.recordId),
  );
  for (const some of chunks(await subjectsOf(deps, scope, survey, drift), lookedAtTogether)) {
    const planned = await Promise.all(some.map((subject) => lineOf(deps, scope, survey, subject)));
    lines.push(...planned.filter((line) => line !== undefined));
  }
  return lines;
}

async function lineOfLink(deps: JobDeps, scope: ReconcileScope, survey: Survey, link: Link): Promise<PlanLine[]> {
  const { kind } = survey;
  const look = await readItem(deps, scope, kind, link.item.itemId);
  if (!look.known || look.state === 'gone') return [];
  const { itemId, changeKey } = look.item;
  if (link.how === 'moved') {
    const mapping = { ...link.mapping.value, itemId };
    const record = survey.records.get(mapping.recordId);
    const changed = record !== undefined && BigInt(record.version) > BigInt(mapping.crmVersion);
    const side = changed ? presentRecord(deps, scope, kind, record) : unread;
    const planned = await lineOf(deps, scope, survey, { mapping, record: side, item: look, news: ['item'] });
    const version = record?.version ?? mapping.crmVersion;
    return [
      tidy({ ...planned, act: 'relink', kind, recordId: mapping.recordId, itemId, version, changeKey, news: ['item'] }),
    ];
  }
  const { record, score, reasons, how } = link;
  const mapping: LiveMapping = {
    ...{ state: 'live', recordId: record.id, kind, generation: 0, confirmed: false },
    origin: how === 'score' ? 'exchange' : record.origin,
    ...{ itemId, changeKey, crmVersion: CrmVersion.parse('0'), agreed: { crm: {}, exchange: {} } },
    ...(look.item.kind === 'appointment' && !look.item.ownMeeting ? { attendeeCopy: true } : {}),
  };
  const side = presentRecord(deps, scope, kind, record);
  const planned = await lineOf(deps, scope, survey, { mapping, record: side, item: look, news: ['record'] });
  const facts = { kind, recordId: record.id, itemId, version: record.version, changeKey };
  return [tidy({ ...planned, act: 'match', ...facts, score, reasons: [...reasons], news: ['record'] })];
}

/** Puts together what is told of the two sides of one pair. */
async function subjectsOf(
  deps: JobDeps,
  scope: ReconcileScope,
  survey: Survey,
  drift: readonly Change[],
): Promise<Subject[]> {
  const live = new Map(survey.live.map(({ value }) => [value.recordId, value]));
  const recordOfItem = new Map(survey.live.map(({ value }) => [value.itemId, value.recordId]));
  const pairs = new Map<RecordId, { record: boolean; item: boolean; news: Set<'record' | 'item' | 'check'> }>();
  const subjects: Subject[] = [];
  for (const change of drift) {
    const ofItem = change.kind === 'exchangeChange';
    const recordId = ofItem ? recordOfItem.get(change.itemId) : change.recordId;
    if (recordId !== undefined && live.has(recordId)) {
      const pair = pairs.get(recordId) ?? { record: false, item: false, news: new Set() };
      const how = change.reason === 'check' ? 'check' : 'item';
      pairs.set(recordId, {
        record: pair.record || !ofItem,
        item: pair.item || ofItem,
        news: pair.news.add(ofItem ? how : 'record'),
      });
      continue;
    }
    const item = ofItem ? survey.items.get(change.itemId) : undefined;
    const record = ofItem ? undefined : survey.records.get(change.recordId);
    if (item !== undefined)
      subjects.push({ mapping: undefined, record: unread, item: presentItem(deps, scope, item), news: ['item'] });
    if (record !== undefined) {
      const side = presentRecord(deps, scope, survey.kind, record);
      subjects.push({ mapping: undefined, record: side, item: unread, news: ['record'] });
    }
  }
  for (const [recordId, { record, item, news }] of pairs) {
    const mapping = live.get(recordId);
    if (mapping === undefined) continue;
    subjects.push({
      mapping,
      record: record ? await recordSide(deps, scope, survey, mapping) : unread,
      item: item ? await itemSide(deps, scope, mapping) : unread,
      news: [...news],
    });
  }
  return subjects;
}

async function recordSide(
  deps: JobDeps,
  scope: ReconcileScope,
  survey: Survey,
  { recordId, kind }: LiveMapping,
): Promise<RecordSide> {
  const listed = survey.records.get(recordId);
  if (listed !== undefined) return presentRecord(deps, scope, kind, listed);
  const read = await deps.readRecord(scope.connection, recordId);
  if (read.state === 'deleted') return { known: true, state: 'gone', version: read.version };
  if (read.state === 'missing') return unread;
  // It is another user's now: its item leaves this mailbox.
  if (read.record.ownerId !== scope.access.mailbox.crmUserId)
    return { known: true, state: 'gone', version: read.record.version };
  return presentRecord(deps, scope, kind, read.record);
}

async function itemSide(deps: JobDeps, scope: ReconcileScope, mapping: LiveMapping): Promise<ItemSide> {
  const look = await findMappedItem(deps, scope, mapping);
  return look.known ? look : unread;
}

/** The engine's decision for a pair, as a line; undefined where nothing would be written. */
async function lineOf(
  deps: JobDeps,
  scope: ReconcileScope,
  survey: Survey,
  subject: Subject,
): Promise<PlanLine | undefined> {
  const { mapping, news } = subject;
  const { profile } = scope.access;
  const decide = (record: RecordSide, item: ItemSide): SyncPlan =>
    planSync({
      ...{ kind: survey.kind, record, item, mapping: mapping ?? tombstoneOf(survey, record), profile },
      now: deps.clock.now().getTime(),
      movedHere: true,
    });
  let { record, item } = subject;
  let plan = decide(record, item);
  if (plan.do === 'readBoth' && mapping !== undefined) {
    if (!record.known) record = await recordSide(deps, scope, survey, mapping);
    if (!item.known) item = await itemSide(deps, scope, mapping);
    plan = decide(record, item);
  }
  if (['nothing', 'wait', 'agree', 'readBoth', 'bury'].includes(plan.do)) return undefined;
  const [known, there] = [presentOf(record), presentItemOf(item)];
  const context = ruleContextOf(deps, scope);
  const { notifyPolicy } = profile;
  const outsiders = outsidersTold({ plan, mapping, record: known, item: there, notifyPolicy, context });
  return tidy({
    act: plan.do as PlanLine['act'],
    kind: survey.kind,
    recordId: known?.id ?? mapping?.recordId,
    itemId: there?.itemId ?? mapping?.itemId,
    version: record.known ? known?.version : mapping?.crmVersion,
    changeKey: item.known ? there?.changeKey : mapping?.changeKey,
    ...(plan.do === 'write' && plan.toItem.size > 0
      ? { toItem: fieldsToItem(survey.kind, plan, known, there, context) }
      : {}),
    ...(plan.do === 'write' && plan.toRecord.size > 0 ? { toRecord: [...plan.toRecord].sort() } : {}),
    ...(outsiders > 0 ? { outsiders } : {}),
    ...(plan.do === 'refuse' ? { reasons: [plan.reason] } : {}),
    news,
  });
}

/** A write of what is over also keeps it from ringing. */
function fieldsToItem(
  kind: ItemKind,
  { toItem }: Extract<SyncPlan, { do: 'write' }>,
  record: SyncRecord | undefined,
  item: SyncItem | undefined,
  context: RuleContext,
): string[] {
  const patch = record && rulesOf(kind).itemPatchOf(record, toItem, context, item);
  const rings = patch?.kind === 'appointment' && (patch.reminderMinutes !== undefined || patch.reminderByDefault);
  return [...new Set<string>([...toItem, ...(rings ? ['reminder'] : [])])].sort();
}

function tombstoneOf(survey: Survey, record: RecordSide) {
  const mapping = record.known && record.state === 'present' ? survey.mappings.get(record.record.id)?.value : undefined;
  return mapping?.state === 'tombstone' ? mapping : undefined;
}

const presentOf = (record: RecordSide) => (record.known && record.state === 'present' ? record.record : undefined);
const presentItemOf = (item: ItemSide): SyncItem | undefined =>
  item.known && item.state === 'present' ? item.item : undefined;

type Loose = { readonly [K in keyof PlanLine]?: PlanLine[K] | undefined };

/** Without what is not known. */
const tidy = (line: Loose): PlanLine =>
  Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined)) as PlanLine;
