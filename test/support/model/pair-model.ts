import { patchedBody } from '../../../shared/adapters/memory/memory-body.ts';
import { editedRecord } from '../../../shared/adapters/memory/memory-crm-records.ts';
import { type MemoryItem, tidyItem } from '../../../shared/adapters/memory/memory-exchange-items.ts';
import { memoryItemWrites } from '../../../shared/adapters/memory/memory-item-writes.ts';
import { type ChangeKey, CrmUserId, CrmVersion, compareVersions, MailboxId } from '../../../shared/domain/ids.ts';
import type { FieldPrints, ItemMapping, LiveMapping, TombstoneMapping } from '../../../shared/domain/item-mapping.ts';
import type { RuleContext } from '../../../shared/domain/kind-rules.ts';
import type { SyncInput, SyncPlan } from '../../../shared/domain/plan-sync.ts';
import { rulesOf } from '../../../shared/domain/rules-of.ts';
import type { ItemDraft, ItemPatch, SyncItem } from '../../../shared/domain/sync-item.ts';
import type { SyncRecord } from '../../../shared/domain/sync-record.ts';
import { itemOfKind, now, type Perturbed, recordOfKind } from './pair-arbitrary.ts';

/** One record and one item, as they are, without any port. */
export interface Pair {
  readonly record: SyncRecord | undefined;
  readonly deletedAt: CrmVersion | undefined;
  readonly item: SyncItem | undefined;
  readonly mapping: Exclude<ItemMapping, { state: 'intent' }> | undefined;
}

export const context: RuleContext = { key: 'k', now, isOutside: (email) => !email.endsWith('@contoso.example') };

const printsKept = new WeakMap<object, FieldPrints>();
/** Prints are most of the work here, and the same sides are looked at again and again. */
function kept<T extends object>(side: T, printsOf: (side: T) => FieldPrints): FieldPrints {
  const known = printsKept.get(side);
  if (known !== undefined) return known;
  const prints = printsOf(side);
  printsKept.set(side, prints);
  return prints;
}
export const printsOfRecord = (kind: Perturbed['kind'], record: SyncRecord): FieldPrints =>
  kept(record, (one) => rulesOf(kind).printsOfRecord(one, context));
export const printsOfItem = (kind: Perturbed['kind'], item: SyncItem): FieldPrints =>
  kept(item, (one) => rulesOf(kind).printsOfItem(one, context));

const writes = memoryItemWrites(patchedBody);
const owner = { email: 'rep1@contoso.example', name: '' };
const mailboxId = MailboxId.parse('mailbox-rep1');

const withKey = (item: SyncItem, changeKey: string, fields: object): SyncItem =>
  tidyItem({ ...item, ...fields, changeKey: changeKey as ChangeKey, place: 'folder' } as unknown as MemoryItem);
const made = (record: SyncRecord, kind: Perturbed['kind']): { draft: ItemDraft; item: SyncItem } => {
  const draft = rulesOf(kind).itemDraftOf(record, { mailboxId, recordId: record.id }, context);
  return { draft, item: withKey(itemOfKind(kind), 'key-1', writes.fieldsOfDraft(draft, owner)) };
};
const later = '2026-01-02T00:00:00.000Z';
const latest = '2026-01-03T00:00:00.000Z';

/** What both sides agreed on, and then what each has become. `stale` is a record as a replica that lags shows it. */
export function pairOf(
  given: Perturbed,
): Pair & { readonly stale: SyncRecord | undefined; readonly base: { record: SyncRecord; item: SyncItem } } {
  const { kind, mapping, inCrm, inExchange, attendeeCopy, newest } = given;
  const before = recordOfKind(kind, given.base);
  const raw = made(before, kind).item;
  const item = attendeeCopy ? ({ ...raw, ownMeeting: false } as SyncItem) : raw;
  const edited = (edit: object, version: string, modifiedAt: string) =>
    editedRecord(before, edit, { id: before.id, version: CrmVersion.parse(version), modifiedAt });
  const [crmAt, exchangeAt] = newest === 'crm' ? [latest, later] : [later, latest];
  const record = inCrm === 'deleted' ? undefined : typeof inCrm === 'string' ? before : edited(inCrm, '11', crmAt);
  const changed =
    typeof inExchange === 'string' ? item : withKey(item, 'key-2', { ...inExchange, modifiedAt: exchangeAt });
  return {
    base: { record: before, item },
    record: mapping === 'none' && given.known === 'exchange' ? undefined : record,
    deletedAt: inCrm === 'deleted' ? CrmVersion.parse('11') : undefined,
    item:
      inExchange === 'deleted' || mapping === 'tombstone' || (mapping === 'none' && given.known !== 'exchange')
        ? undefined
        : changed,
    mapping: mappingOf(given, before, item),
    stale:
      inCrm === 'older' && (mapping === 'live' || mapping === 'tombstone')
        ? edited({ subject: 'stale', givenName: 'stale', description: 'stale' }, '9', '2025-12-01T00:00:00.000Z')
        : undefined,
  };
}

function mappingOf(
  { kind, mapping, attendeeCopy, confirmed }: Perturbed,
  record: SyncRecord,
  item: SyncItem,
): Pair['mapping'] {
  const life = { recordId: record.id, kind, origin: 'crm', generation: 0 } as const;
  if (mapping === 'none') return undefined;
  if (mapping === 'tombstone')
    return {
      ...life,
      state: 'tombstone',
      crmVersion: record.version,
      deletedAt: later,
      deletedBy: 'exchange',
    } satisfies TombstoneMapping;
  const agreed = { crm: printsOfRecord(kind, record), exchange: printsOfItem(kind, item) };
  return {
    ...life,
    state: 'live',
    itemId: item.itemId,
    changeKey: item.changeKey,
    crmVersion: mapping === 'adopted' ? CrmVersion.parse('0') : record.version,
    agreed: mapping === 'adopted' ? { crm: {}, exchange: {} } : agreed,
    confirmed,
    plainBody: true,
    ...(attendeeCopy ? { attendeeCopy } : {}),
  } satisfies LiveMapping;
}

/** What is known of the pair when only one side, or both, are looked at. */
export function inputOf(
  pair: Pair,
  { kind, profile }: Perturbed,
  known: Perturbed['known'],
  seen = pair.record,
): SyncInput {
  const unknown = { known: false } as const;
  const record: SyncInput['record'] =
    seen === undefined
      ? { known: true, state: 'gone', version: pair.deletedAt }
      : { known: true, state: 'present', record: seen, prints: printsOfRecord(kind, seen) };
  const item: SyncInput['item'] =
    pair.item === undefined
      ? { known: true, state: 'gone' }
      : { known: true, state: 'present', item: pair.item, prints: printsOfItem(kind, pair.item) };
  const isNew = pair.mapping === undefined;
  return {
    kind,
    record: known === 'exchange' || (isNew && pair.record === undefined) ? unknown : record,
    item: known === 'crm' || (isNew && pair.item === undefined) ? unknown : item,
    mapping: pair.mapping,
    profile,
    now,
  };
}

export type Applied = { readonly pair: Pair; readonly refused: boolean };

const buried = (pair: Pair, by: 'crm' | 'exchange', version: CrmVersion): Pair['mapping'] =>
  pair.mapping && {
    recordId: pair.mapping.recordId,
    kind: pair.mapping.kind,
    origin: pair.mapping.origin,
    generation: pair.mapping.generation,
    state: 'tombstone',
    crmVersion: version,
    deletedAt: later,
    deletedBy: by,
  };

/** Does what a plan says, as the engine would: conditional writes are refused where a side has changed. */
export function apply(pair: Pair, plan: SyncPlan, given: Perturbed): Applied {
  const { mapping } = pair;
  const fine = (next: Partial<Pair>): Applied => ({ pair: { ...pair, ...next }, refused: false });
  const refused: Applied = { pair, refused: true };
  const version = mapping?.crmVersion ?? CrmVersion.parse('0');
  const isCurrent = (at: CrmVersion) => pair.record !== undefined && compareVersions(pair.record.version, at) === 0;
  switch (plan.do) {
    case 'nothing':
    case 'wait':
    case 'refuse':
    case 'readBoth':
      return fine({});
    case 'createItem': {
      const { draft, item } = made(plan.record, given.kind);
      return fine({
        item,
        mapping: agreedOn(pair, given, plan.record, item, rulesOf(given.kind).printsOfItemDraft(draft, context)),
      });
    }
    case 'createRecord': {
      const draft = rulesOf(given.kind).recordDraftOf(plan.item, given.profile, CrmUserId.parse('rep1'));
      const record = recordOfKind(given.kind, { ...draft, version: '20' });
      return fine({ record, mapping: agreedOn({ ...pair, mapping: undefined }, given, record, plan.item, {}) });
    }
    case 'agree':
    case 'write':
      return writeBoth(pair, plan, given, isCurrent);
    case 'removeItem':
      return fine({ item: undefined, mapping: buried(pair, 'crm', plan.version ?? version) });
    case 'removeRecord':
      if (pair.record !== undefined && !isCurrent(plan.version)) return refused;
      return fine({
        record: undefined,
        deletedAt: CrmVersion.parse('30'),
        mapping: buried(pair, 'exchange', CrmVersion.parse('30')),
      });
    case 'cancelBoth': {
      if (pair.record !== undefined && !isCurrent(plan.version)) return refused;
      const record =
        pair.record &&
        editedRecord(pair.record, { status: 'cancelled' } as never, {
          id: pair.record.id,
          version: CrmVersion.parse('40'),
          modifiedAt: latest,
        });
      return fine({ record, item: undefined, mapping: buried(pair, 'exchange', CrmVersion.parse('40')) });
    }
    case 'bury':
      return fine({ mapping: buried(pair, plan.by, version) });
    case 'recreateItem':
    case 'recreateRecord':
      throw new Error('no profile here asks for new entries');
    default:
      return plan satisfies never;
  }
}

function writeBoth(
  pair: Pair,
  plan: Extract<SyncPlan, { do: 'agree' | 'write' }>,
  given: Perturbed,
  isCurrent: (at: CrmVersion) => boolean,
): Applied {
  const { mapping } = pair;
  if (mapping?.state !== 'live') throw new Error('the plan needs a live mapping');
  const rules = rulesOf(given.kind);
  const { toItem, toRecord } = plan.do === 'write' ? plan : { toItem: new Set<never>(), toRecord: new Set<never>() };
  let { record, item } = pair;
  if (toRecord.size > 0) {
    if (record === undefined || item === undefined || !isCurrent(plannedVersion(pair, given)))
      return { pair, refused: true };
    const patch = rules.recordPatchOf(item, toRecord, given.known === 'exchange' ? undefined : record);
    record = editedRecord(record, patch, { id: record.id, version: CrmVersion.parse('50'), modifiedAt: latest });
  }
  let patched: ItemPatch = { kind: given.kind } as ItemPatch;
  if (toItem.size > 0) {
    if (record === undefined || item === undefined) return { pair, refused: true };
    if (given.known === 'crm' && item.changeKey !== mapping.changeKey) return { pair, refused: true };
    patched = rules.itemPatchOf(record, toItem, context, given.known === 'crm' ? undefined : item);
    item = withKey(
      item,
      'key-9',
      writes.fieldsOfPatch(patched, { ...item, place: 'folder' } as unknown as MemoryItem) ?? {},
    );
  }
  if (record === undefined || item === undefined) return { pair, refused: false };
  return {
    pair: {
      ...pair,
      record,
      item,
      mapping: agreedOn({ ...pair, record }, given, record, item, rules.printsOfItemPatch(patched, context)),
    },
    refused: false,
  };
}

/** The version that the engine names: of the record in hand, else of the mapping. */
const plannedVersion = ({ record, mapping }: Pair, { known }: Perturbed): CrmVersion =>
  (known === 'exchange' ? mapping?.crmVersion : record?.version) ?? CrmVersion.parse('0');

function agreedOn(
  pair: Pair,
  given: Perturbed,
  record: SyncRecord,
  item: SyncItem,
  patch: LiveMapping['agreed']['exchange'],
): LiveMapping {
  const before = pair.mapping?.state === 'live' ? pair.mapping : undefined;
  return {
    state: 'live',
    recordId: record.id,
    kind: given.kind,
    origin: before?.origin ?? record.origin,
    generation: before?.generation ?? 0,
    itemId: item.itemId,
    changeKey: item.changeKey,
    crmVersion: record.version,
    agreed: {
      crm: printsOfRecord(given.kind, record),
      exchange: { ...printsOfItem(given.kind, item), ...patch },
    },
    confirmed: true,
    plainBody: true,
    ...(before?.attendeeCopy === true ? { attendeeCopy: true } : {}),
  };
}
