import type { Activity, ActivityDraft, ActivityPatch } from './activity.ts';
import type { Contact, ContactDraft, ContactPatch } from './contact.ts';
import type { CrmVersion } from './ids.ts';

/** Whatever of the CRM is synchronised. */
export type SyncRecord = Activity | Contact;
export type RecordDraft = ActivityDraft | ContactDraft;
export type RecordPatch = ActivityPatch | ContactPatch;
export type RecordKind = SyncRecord['kind'];

/** What a read of one id gave: absence is told apart from deletion, because only deletion is proof. */
export type RecordRead =
  | { readonly state: 'present'; readonly record: SyncRecord }
  | { readonly state: 'deleted'; readonly version: CrmVersion }
  | { readonly state: 'missing' };

/** Contacts have ids of their own; the prefix keeps them apart from activities in every key. */
const contactPrefix = 'contact:';

export const recordKindOf = (id: string): RecordKind => (id.startsWith(contactPrefix) ? 'contact' : 'activity');

/** Our id of a record from the CRM's own, and back. An activity whose id begins with the prefix cannot be told and is refused by the contract. */
export const recordIdText = (kind: RecordKind, crmId: string): string =>
  kind === 'contact' ? `${contactPrefix}${crmId}` : crmId;
export const crmIdOf = (id: string): string => (recordKindOf(id) === 'contact' ? id.slice(contactPrefix.length) : id);
