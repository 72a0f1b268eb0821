import type { EmailServerProfile } from './email-server-profile.ts';
import type { CrmUserId } from './ids.ts';
import type { ItemKind, Stamp } from './item.ts';
import type { FieldPrints, ItemField, SyncedField } from './item-mapping.ts';
import type { ItemDraft, ItemPatch, SyncItem } from './sync-item.ts';
import type { RecordDraft, RecordKind, RecordPatch, SyncRecord } from './sync-record.ts';

/** What the rules need to know besides the two sides. */
export interface RuleContext {
  /** The organization's key for fingerprints. */
  readonly key: string;
  /** UTC milliseconds. */
  readonly now: number;
  /** Whether an address is of somebody outside the organization. */
  readonly isOutside: (email: string) => boolean;
}

/** How a record and an item of one kind are compared and made of each other. All functions are pure. */
export interface KindRules<
  R extends SyncRecord = SyncRecord,
  I extends SyncItem = SyncItem,
  ID extends ItemDraft = ItemDraft,
  IP extends ItemPatch = ItemPatch,
  RD extends RecordDraft = RecordDraft,
  RP extends RecordPatch = RecordPatch,
> {
  readonly kind: ItemKind;
  readonly recordKind: RecordKind;
  /** Fields that travel. */
  readonly fields: readonly SyncedField[];
  /** Fingerprints under the organization's key; a field that the CRM does not know has none. */
  printsOfRecord(record: R, context: RuleContext): FieldPrints;
  printsOfItem(item: I, context: RuleContext): FieldPrints;
  /** Whether both sides hold the same for a field, as far as Exchange can hold it. */
  sameField(field: SyncedField, record: R, item: I): boolean;
  /** Whether a side says nothing in a field. */
  isBlank(field: SyncedField, side: R | I): boolean;
  /** The item to make of a record. */
  itemDraftOf(record: R, stamp: Stamp, context: RuleContext): ID;
  /** The change that brings the named fields of a record into its item; `item` as it was read, where it was. */
  itemPatchOf(record: R, fields: ReadonlySet<ItemField>, context: RuleContext, item: I | undefined): IP;
  /** Fingerprints of the fields that a draft or a patch leaves in Exchange, as far as we know before reading it back. */
  printsOfItemDraft(draft: ID, context: RuleContext): FieldPrints;
  printsOfItemPatch(patch: IP, context: RuleContext): FieldPrints;
  /** The record to make of an item. */
  recordDraftOf(item: I, profile: EmailServerProfile, ownerId: CrmUserId): RD;
  /** The change that brings the named fields of an item into its record. */
  recordPatchOf(item: I, fields: ReadonlySet<SyncedField>, record: R | undefined): RP;
  /** Whether the change of these fields can be told only with the record in hand. */
  needsRecord(fields: ReadonlySet<SyncedField>): boolean;
  /** Fingerprints of the fields that a patch leaves in the CRM. */
  printsOfRecordPatch(patch: RP, context: RuleContext): FieldPrints;
  /** Why it cannot be written as it is, if it cannot. */
  refusalOf(side: R | I): { readonly reason: string; readonly text: string } | undefined;
}
