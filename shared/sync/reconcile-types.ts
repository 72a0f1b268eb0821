import type { ChangeMessage } from '../domain/change-message.ts';
import type { ItemId, RecordId } from '../domain/ids.ts';
import type { ItemKind, Stamp } from '../domain/item.ts';
import type { ItemField, ItemMapping, MailboxKey, RecordHome, SyncedField } from '../domain/item-mapping.ts';
import type { RuleContext } from '../domain/kind-rules.ts';
import type { CrmConnection } from '../domain/organization.ts';
import type { ItemSide, RecordSide } from '../domain/plan-sync.ts';
import { rulesOf } from '../domain/rules-of.ts';
import type { SyncItem } from '../domain/sync-item.ts';
import type { SyncRecord } from '../domain/sync-record.ts';
import type { BrakeStore } from '../ports/brake-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { CrmGateway } from '../ports/crm-gateway.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { ExchangeGateway, MailboxAccess } from '../ports/exchange-gateway.ts';
import type { ImageVault } from '../ports/image-vault.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import type { Log } from '../ports/log.ts';
import type { MappingStore } from '../ports/mapping-store.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { Random } from '../ports/random.ts';
import type { ReviewStore } from '../ports/review-store.ts';
import type { Stored } from '../ports/stored.ts';
import type { MailboxLane } from './mailbox-lane.ts';
import type { RecordReader } from './record-reader.ts';
import type { Cause } from './safety/cause.ts';
import type { CountMapped } from './safety/count-mapped.ts';

export interface ReconcileDeps {
  readonly lanes: (access: MailboxAccess) => MailboxLane;
  readonly exchange: ExchangeGateway;
  readonly crm: CrmGateway;
  readonly readRecord: RecordReader;
  readonly directory: DirectoryStore;
  readonly mappings: MappingStore;
  readonly journal: JournalStore;
  readonly images: ImageVault;
  readonly brakes: BrakeStore;
  /** Pairs that a person is asked about. */
  readonly reviews: ReviewStore;
  readonly countMapped: CountMapped;
  readonly changes: MessageQueue<ChangeMessage>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How long a create may still commit after it was begun: the call's deadline and a margin. */
  readonly leaseMs: number;
}

/** Whose mailbox and whose CRM it is. */
export interface ReconcileScope {
  readonly access: MailboxAccess;
  readonly connection: CrmConnection;
  /** The organization's key for fingerprints. */
  readonly fingerprintKey: string;
  /** Why there is something to do, for the journal. */
  readonly cause?: Cause | undefined;
  /** Collects what the journal is still being told of writes that are done, see writing.ts. */
  readonly notes?: Promise<void>[];
}

/** What is said to have changed, with what was read of it already. */
export type News =
  | {
      readonly side: 'crm';
      readonly recordId: RecordId;
      readonly record: RecordNews;
      /** What its item is or would be. */
      readonly kind: ItemKind;
      /** The mapping as it was found when the kind was looked up. */
      readonly found?: { readonly mapping: Stored<ItemMapping> | undefined };
      /** The CRM says that it was made just now: no item of it can be there. */
      readonly isNew?: boolean;
    }
  | {
      readonly side: 'exchange';
      readonly itemId: ItemId;
      readonly kind: ItemKind;
      readonly reason: 'changed' | 'deleted' | 'check';
    };

/** A record as it was read; its fingerprints depend on what its item is. */
export type RecordNews =
  | Extract<RecordSide, { state: 'gone' }>
  | { readonly known: true; readonly state: 'present'; readonly record: SyncRecord };

export type Reconciled =
  | { readonly kind: 'done'; readonly did: string; readonly why?: string }
  /** Somebody else is at work: try again after that many milliseconds. Not counted as a try. */
  | { readonly kind: 'later'; readonly afterMs: number; readonly why: string }
  /** A read does not show yet what was said to be there: again after 1, 10 and 60 seconds, and then it is done or failed. */
  | { readonly kind: 'lagging'; readonly why: string; readonly otherwise: 'done' | 'failure' }
  /** The record's item lives in another mailbox and must leave it first. */
  | { readonly kind: 'elsewhere'; readonly home: Stored<RecordHome> };

/** What one round of planning starts from. */
export interface Known {
  readonly itemKind: ItemKind;
  readonly record: RecordSide;
  readonly item: ItemSide;
  readonly mapping: Stored<ItemMapping> | undefined;
  /** The mailbox's feed told of this item: from now on it also tells of its end. */
  readonly inFeed: boolean;
  /** The record came from another mailbox, its owner having changed. */
  readonly movedHere?: boolean;
  /** The record was made just now: no item of it can be there. */
  readonly isNew?: boolean;
}

/** What goes where. */
export interface Writes {
  readonly toItem: ReadonlySet<ItemField>;
  readonly toRecord: ReadonlySet<SyncedField>;
  /** Fields that both sides had changed, with the side that won. */
  readonly conflicts?: ReadonlyMap<SyncedField, 'crm' | 'exchange'>;
}

export const done = (did: string, why?: string): Reconciled => ({ kind: 'done', did, ...(why ? { why } : {}) });

export const mailboxKeyOf = ({ access }: ReconcileScope): MailboxKey => ({
  organizationId: access.mailbox.organizationId,
  mailboxId: access.mailbox.id,
});

export const stampOf = ({ access }: ReconcileScope, recordId: RecordId): Stamp => ({
  mailboxId: access.mailbox.id,
  recordId,
});

/** What the rules for comparing and making need to know of this mailbox at this moment. */
export const ruleContextOf = (deps: Pick<ReconcileDeps, 'clock'>, scope: ReconcileScope): RuleContext => ({
  key: scope.fingerprintKey,
  now: deps.clock.now().getTime(),
  isOutside: isOutsideOf(scope.access),
});

/** Somebody is outside whose address is of another domain than the mailbox, unless the profile counts that domain in. */
export function isOutsideOf({ mailbox, profile }: MailboxAccess): (email: string) => boolean {
  const domainOf = (email: string) => email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  const inside = new Set([domainOf(mailbox.address), ...profile.internalDomains]);
  return (email) => !inside.has(domainOf(email));
}

export const presentRecord = (
  deps: Pick<ReconcileDeps, 'clock'>,
  scope: ReconcileScope,
  kind: ItemKind,
  record: SyncRecord,
): Extract<RecordSide, { state: 'present' }> => ({
  known: true,
  state: 'present',
  record,
  prints: rulesOf(kind).printsOfRecord(record, ruleContextOf(deps, scope)),
});

export const presentItem = (
  deps: Pick<ReconcileDeps, 'clock'>,
  scope: ReconcileScope,
  item: SyncItem,
): Extract<ItemSide, { state: 'present' }> => ({
  known: true,
  state: 'present',
  item,
  prints: rulesOf(item.kind).printsOfItem(item, ruleContextOf(deps, scope)),
});
