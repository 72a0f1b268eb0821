import type { ItemId, RecordId } from './ids.ts';
import type { ItemKind } from './item.ts';
import { dayOf, nameOf, nearDays, numbersOf, scoreMatch, taskFactsOf, wordsOf } from './match-score.ts';
import type { SyncItem } from './sync-item.ts';
import type { SyncRecord } from './sync-record.ts';

/** A record and an item that look alike. */
export interface MatchPair {
  readonly recordId: RecordId;
  readonly itemId: ItemId;
  readonly score: number;
  readonly reasons: readonly string[];
}

export interface Matches {
  /** Surely the same: each record and each item at most once. */
  readonly matched: readonly MatchPair[];
  /** For a person to decide. */
  readonly doubtful: readonly MatchPair[];
}

const surely = 0.9;
/** A second candidate as good as this makes the first one doubtful. */
const rival = 0.75;
const perhaps = 0.6;
/** More candidates of one record are no help to who decides. */
const mostForOne = 5;

/**
 * Finds which records are which items, where neither is linked yet. Doubles on either side are never shared out: where two
 * could be meant, a person decides.
 */
export function matchPairs(kind: ItemKind, records: readonly SyncRecord[], items: readonly SyncItem[]): Matches {
  return decideMatches(candidatesOf(kind, records, items));
}

/** Decides by scores alone. */
export function decideMatches(candidates: readonly MatchPair[]): Matches {
  const byRecord = Map.groupBy(candidates, ({ recordId }) => recordId);
  const byItem = Map.groupBy(candidates, ({ itemId }) => itemId);
  const rivalsOf = (pair: MatchPair) =>
    [...(byRecord.get(pair.recordId) ?? []), ...(byItem.get(pair.itemId) ?? [])].filter((one) => one !== pair);
  const matched = candidates.filter(
    (pair) => pair.score >= surely && rivalsOf(pair).every(({ score }) => score < rival),
  );
  const takenRecords = new Set(matched.map(({ recordId }) => recordId));
  const takenItems = new Set(matched.map(({ itemId }) => itemId));
  const left = candidates.filter(
    ({ recordId, itemId, score }) => score >= perhaps && !takenRecords.has(recordId) && !takenItems.has(itemId),
  );
  const doubtful = [...Map.groupBy(left, ({ recordId }) => recordId).values()].flatMap((pairs) =>
    pairs.toSorted((a, b) => b.score - a.score).slice(0, mostForOne),
  );
  return { matched, doubtful };
}

/** Only those are compared that have something in common by which they are found: a day, an address, a word of the name. */
function candidatesOf(kind: ItemKind, records: readonly SyncRecord[], items: readonly SyncItem[]): MatchPair[] {
  const found = new Map<string, SyncItem[]>();
  for (const item of items) {
    for (const trait of new Set(traitsOfItem(item))) found.set(trait, [...(found.get(trait) ?? []), item]);
  }
  return records.flatMap((record) => {
    const alike = new Set(traitsOfRecord(kind, record).flatMap((trait) => found.get(trait) ?? []));
    return [...alike].flatMap((item) => {
      const { score, reasons } = scoreMatch(kind, record, item);
      return score < perhaps ? [] : [{ recordId: record.id, itemId: item.itemId, score, reasons }];
    });
  });
}

function traitsOfItem(item: SyncItem): string[] {
  switch (item.kind) {
    case 'appointment':
      return [dayOf(item)];
    case 'task':
      return item.dueDate === undefined ? [] : [item.dueDate];
    case 'contact':
      return traitsOfContact(item);
    default:
      return item satisfies never;
  }
}

function traitsOfRecord(kind: ItemKind, record: SyncRecord): string[] {
  if (record.kind === 'contact') return traitsOfContact(record);
  if (kind !== 'task') return [dayOf(record)];
  const due = Date.parse(taskFactsOf(record).dueDate);
  return Array.from({ length: 2 * nearDays + 1 }, (_, at) =>
    new Date(due + (at - nearDays) * 86_400_000).toISOString().slice(0, 10),
  );
}

const traitsOfContact = (
  contact: Parameters<typeof nameOf>[0] &
    Parameters<typeof numbersOf>[0] & { readonly emails?: readonly string[] | undefined },
) => [
  ...(contact.emails ?? []).map((email) => `email ${email.trim().toLowerCase()}`),
  ...numbersOf(contact).map((digits) => `phone ${digits}`),
  ...nameTraits(wordsOf(nameOf(contact))),
];

/** The last word and how the first one begins: of one name alone there are too many. */
const nameTraits = (words: readonly string[]): string[] => {
  const last = words.at(-1);
  return last === undefined ? [] : [`name ${words[0]?.slice(0, 1)} ${last}`];
};
