import type { ItemId, RecordId } from '../../domain/ids.ts';
import type { LiveMapping } from '../../domain/item-mapping.ts';
import { type MatchPair, matchPairs } from '../../domain/match-pairs.ts';
import { isOccurrence } from '../../domain/occurrence-key.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';
import type { Stored } from '../../ports/stored.ts';
import { readItem } from '../look-up-item.ts';
import { mailboxKeyOf, type ReconcileScope } from '../reconcile-types.ts';
import type { JobDeps } from './job-types.ts';
import type { Survey } from './survey-mailbox.ts';

/** A record and an item that are the same: by our mark, by what is like in both, or because the item of a mapping has a new id. */
export type Link =
  | {
      readonly how: 'stamp' | 'score';
      readonly record: SyncRecord;
      readonly item: SyncItem;
      readonly score: number;
      readonly reasons: readonly string[];
    }
  | { readonly how: 'moved'; readonly mapping: Stored<LiveMapping>; readonly item: SyncItem };

export interface SurveyMatches {
  readonly links: readonly Link[];
  readonly doubtful: readonly MatchPair[];
}

/** Finds what is linked already without our knowing, of what has no mapping. Reads, and writes nothing. */
export async function matchSurvey(deps: JobDeps, scope: ReconcileScope, survey: Survey): Promise<SurveyMatches> {
  const box = mailboxKeyOf(scope);
  const pairs = await deps.reviews.list(box.organizationId, { mailboxId: box.mailboxId });
  const waiting = pairs.filter(({ decision }) => decision === undefined);
  const [heldRecords, heldItems] = [
    new Set(waiting.map((one) => one.recordId)),
    new Set(waiting.map((one) => one.itemId)),
  ];
  const strangers = [...survey.items.values()].filter(
    ({ itemId }) => !survey.entries.has(itemId) && !heldItems.has(itemId),
  );
  const unmapped = [...survey.records.values()].filter(
    (record) =>
      !survey.mappings.has(record.id) &&
      !heldRecords.has(record.id) &&
      !(record.kind === 'activity' && record.status === 'cancelled'),
  );
  const links = [...(await byStamp(deps, scope, survey, strangers)), ...(await byUid(deps, scope, survey, strangers))];
  const taken = new Set<RecordId | ItemId>(links.flatMap((link) => [recordIdOf(link), link.item.itemId]));
  const records = new Map(unmapped.filter(({ id }) => !taken.has(id)).map((record) => [record.id, record]));
  const items = new Map(
    strangers.filter((item) => !taken.has(item.itemId) && !isOurs(scope, item)).map((item) => [item.itemId, item]),
  );
  const { matched, doubtful } = matchPairs(survey.kind, [...records.values()], [...items.values()]);
  const decided = new Set(pairs.map((pair) => `${pair.recordId}|${pair.itemId}`));
  const isNew = ({ recordId, itemId }: MatchPair) => !decided.has(`${recordId}|${itemId}`);
  const scored = matched.filter(isNew).flatMap(({ recordId, itemId, score, reasons }): Link[] => {
    const [record, item] = [records.get(recordId), items.get(itemId)];
    return record === undefined || item === undefined ? [] : [{ how: 'score', record, item, score, reasons }];
  });
  return { links: [...links, ...scored], doubtful: doubtful.filter(isNew) };
}

export const recordIdOf = (link: Link): RecordId =>
  link.how === 'moved' ? link.mapping.value.recordId : link.record.id;

/** Stamped in this mailbox: our rows know better, or its record is gone. Occurrences show the mark of their series. */
const isOurs = ({ access }: ReconcileScope, { stamp, itemId }: SyncItem): boolean =>
  stamp?.mailboxId === access.mailbox.id && !isOccurrence(itemId);

/** Our rows were lost, or the mailbox was enrolled anew under another id: what carries the mark of a record is that record's. */
async function byStamp(
  deps: JobDeps,
  scope: ReconcileScope,
  survey: Survey,
  strangers: readonly SyncItem[],
): Promise<Link[]> {
  const { organizationId, mailboxId } = mailboxKeyOf(scope);
  const links = new Map<RecordId, Link>();
  for (const item of strangers) {
    const { stamp } = item;
    if (stamp === undefined || isOccurrence(item.itemId) || links.has(stamp.recordId)) continue;
    const mapping = survey.mappings.get(stamp.recordId);
    if (stamp.mailboxId !== mailboxId) {
      const record = survey.records.get(stamp.recordId);
      const isForgotten = (await deps.directory.findMailbox(organizationId, stamp.mailboxId)) === undefined;
      if (isForgotten && record !== undefined && mapping === undefined) links.set(record.id, stampLink(record, item));
      continue;
    }
    if (mapping?.value.state === 'live') {
      if (await isElsewhereNow(deps, scope, survey, mapping.value))
        links.set(stamp.recordId, { how: 'moved', mapping: mapping as Stored<LiveMapping>, item });
      continue;
    }
    if (mapping !== undefined) continue;
    const record = survey.records.get(stamp.recordId) ?? (await presentRecordOf(deps, scope, stamp.recordId));
    if (record !== undefined) links.set(record.id, stampLink(record, item));
  }
  return [...links.values()];
}

const stampLink = (record: SyncRecord, item: SyncItem): Link => ({
  how: 'stamp',
  record,
  item,
  score: 1,
  reasons: ['sameStamp'],
});

async function presentRecordOf(
  deps: JobDeps,
  { connection }: ReconcileScope,
  id: RecordId,
): Promise<SyncRecord | undefined> {
  const read = await deps.readRecord(connection, id);
  return read.state === 'present' ? read.record : undefined;
}

/** A mailbox that moved to another server has new ids everywhere; the identity of a meeting stays. */
async function byUid(
  deps: JobDeps,
  scope: ReconcileScope,
  survey: Survey,
  strangers: readonly SyncItem[],
): Promise<Link[]> {
  const byId = new Map<string, SyncItem[]>();
  for (const item of strangers) {
    if (item.kind !== 'appointment' || item.iCalUid === undefined || item.stamp !== undefined) continue;
    if (!isOccurrence(item.itemId)) byId.set(item.iCalUid, [...(byId.get(item.iCalUid) ?? []), item]);
  }
  const links: Link[] = [];
  for (const mapping of survey.live) {
    const { iCalUid, itemId } = mapping.value;
    const [item, ...more] = iCalUid === undefined || isOccurrence(itemId) ? [] : (byId.get(iCalUid) ?? []);
    if (item === undefined || more.length > 0) continue;
    if (await isElsewhereNow(deps, scope, survey, mapping.value)) links.push({ how: 'moved', mapping, item });
  }
  return links;
}

/** Whether the item of a mapping is no longer under the id that we know. */
async function isElsewhereNow(
  deps: JobDeps,
  scope: ReconcileScope,
  survey: Survey,
  { itemId, kind }: LiveMapping,
): Promise<boolean> {
  if (survey.items.has(itemId)) return false;
  const look = await readItem(deps, scope, kind, itemId);
  return look.known && look.state === 'gone';
}
