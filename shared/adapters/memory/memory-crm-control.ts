import type { Activity } from '../../domain/activity.ts';
import type { Contact } from '../../domain/contact.ts';
import type { CrmVersion, RecordId } from '../../domain/ids.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';
import type { CrmUser, RecordChange } from '../../ports/crm-gateway.ts';
import type { CrmContactEdit, CrmEdit } from './memory-crm-records.ts';

/** The hands of the CRM's users, and the eyes of the test. */
export interface MemoryCrmControl {
  /** Makes an activity of rep1, tomorrow noon by default. */
  create(edit?: CrmEdit): Activity;
  createContact(edit?: CrmContactEdit): Contact;
  update(id: RecordId, edit: CrmEdit): Activity;
  updateContact(id: RecordId, edit: CrmContactEdit): Contact;
  delete(id: RecordId): CrmVersion;
  /** Out of the CRM's bin: the record as it was, with a newer version. */
  restore(id: RecordId): SyncRecord;
  /** Activities that are there now, whatever reads answer. */
  records(): Activity[];
  contacts(): Contact[];
  record(id: RecordId): Activity | undefined;
  contact(id: RecordId): Contact | undefined;
  /**
   * `all`: reads answer as of this moment from now on, like a replica that lags. `none`: reads see everything again.
   * Writes and the feed are never late.
   */
  setLag(lag: 'all' | 'none'): void;
  /** What the feed lists after a watermark (all when undefined): to be delivered as events by a test. */
  changesSince(watermark: string | undefined): { changes: RecordChange[]; watermark: string };
  /** From now on it keeps series, or drops them. */
  setKnowsSeries(knows: boolean): void;
  setUsers(users: readonly CrmUser[]): void;
}
