import type { Appointment } from '../domain/appointment.ts';
import { hashOf } from '../domain/hash.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { ItemMapping } from '../domain/item-mapping.ts';
import { isEnabled } from '../domain/mailbox.ts';
import type { ItemSide } from '../domain/plan-sync.ts';
import type { SyncItem } from '../domain/sync-item.ts';
import type { SyncRecord } from '../domain/sync-record.ts';
import type { Stored } from '../ports/stored.ts';
import type { ReconcileDeps, ReconcileScope } from './reconcile-types.ts';

/** The copy of a meeting that somebody else organises: it is read, and but for what is the user's own never written. */
export const isAttendeeCopy = (item: SyncItem): item is Appointment & { readonly ownMeeting: false } =>
  item.kind === 'appointment' && !item.ownMeeting;

/** Names the one record of a meeting whose organizer is not synced, whichever of its copies is seen first. */
export function operationOfMeeting(organization: OrganizationId, { itemId, iCalUid, occurrence }: Appointment): string {
  return hashOf('meeting', organization, iCalUid ?? itemId, occurrence?.originalStart ?? '');
}

/** The mapping with what the item says of its organizer now: of a row that was lost or never finished nobody knows it. */
export function asOrganized<M extends ItemMapping>(
  mapping: Stored<M> | undefined,
  item: ItemSide,
): Stored<M> | undefined {
  if (mapping?.value.state !== 'live' || !item.known || item.state === 'gone') return mapping;
  if (item.item.kind !== 'appointment' || (mapping.value.attendeeCopy === true) !== item.item.ownMeeting)
    return mapping;
  return { ...mapping, value: { ...mapping.value, attendeeCopy: !item.item.ownMeeting } };
}

/** Whether a record with guests was made from the copy of a meeting whose organizer is none of us: no other mailbox ever organises it. */
export async function isSomebodyElses(
  { directory }: Pick<ReconcileDeps, 'directory'>,
  { access }: ReconcileScope,
  record: SyncRecord,
): Promise<boolean> {
  if (record.kind !== 'activity' || record.origin !== 'exchange' || record.organizer === undefined) return false;
  if (record.attendees === undefined || record.attendees.length === 0) return false;
  const { organizationId } = access.mailbox;
  return (await directory.findMailboxByAddress(organizationId, record.organizer.email)) === undefined;
}

/** Whether the organizer's own copy is synced: a meeting has one record, and that copy is the one that is written. */
export async function isSyncedByOrganizer(
  { directory }: Pick<ReconcileDeps, 'directory'>,
  { access }: ReconcileScope,
  item: SyncItem,
): Promise<boolean> {
  if (!isAttendeeCopy(item) || item.organizer === undefined) return false;
  const { organizationId } = access.mailbox;
  const mailbox = await directory.findMailboxByAddress(organizationId, item.organizer.email);
  if (mailbox?.crmUserId === undefined || mailbox.kind === 'room') return false;
  const profile = await directory.findProfile(organizationId, mailbox.profileId);
  return profile !== undefined && isEnabled(mailbox, profile.value, 'appointments');
}
