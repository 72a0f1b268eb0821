import type { CrmVersion, MailboxId, RecordId } from '../../../shared/domain/ids.ts';
import type { Stamp } from '../../../shared/domain/item.ts';

/** What people did, and what only they can account for. */
export interface Ledger {
  /** All that people did to records and items. */
  acts: number;
  /** How often people touched a record in the CRM, and its item in Exchange. */
  readonly inCrm: Map<RecordId, number>;
  readonly inExchange: Map<RecordId, number>;
  /** Touches of items whose record nobody knows yet, and deletions of such. */
  unstamped: number;
  unstampedDeletions: number;
  /** A sweep told of items before their feed did: should they vanish before it does, the next sweep is the first to notice. */
  swept: boolean;
  /** Records and items that people made, copies and what was taken back included. */
  made: number;
  /** Live items of one stamp that people made themselves: copies, and what they took back out of Deleted Items. */
  readonly doubledByPeople: Map<string, number>;
  readonly restored: Set<RecordId>;
  readonly deletedInExchange: Set<RecordId>;
  /** The version of the last deletion of each record, whoever deleted it. */
  readonly deletedInCrm: Map<RecordId, CrmVersion>;
  readonly cancelled: Set<RecordId>;
  readonly ownersChanged: Set<RecordId>;
  /** Fields that ever went one way only, and types that ever were left out. */
  readonly directed: Set<string>;
  readonly leftOut: Set<string>;
}

export const newLedger = (): Ledger => ({
  acts: 0,
  inCrm: new Map(),
  inExchange: new Map(),
  unstamped: 0,
  unstampedDeletions: 0,
  swept: false,
  made: 0,
  doubledByPeople: new Map(),
  restored: new Set(),
  deletedInExchange: new Set(),
  deletedInCrm: new Map(),
  cancelled: new Set(),
  ownersChanged: new Set(),
  directed: new Set(),
  leftOut: new Set(),
});

export const countUp = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

export const stampText = ({ mailboxId, recordId }: { mailboxId: MailboxId; recordId: RecordId }): string =>
  `${mailboxId} ${recordId}`;

/** A person touched this record in the CRM. */
export function noteCrm(ledger: Ledger, recordId: RecordId): void {
  ledger.acts += 1;
  countUp(ledger.inCrm, recordId);
}

/** A person touched an item with this stamp. */
export function noteExchange(ledger: Ledger, stamp: Stamp | undefined): void {
  ledger.acts += 1;
  if (stamp === undefined) ledger.unstamped += 1;
  else countUp(ledger.inExchange, stamp.recordId);
}
