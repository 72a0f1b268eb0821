import type { Appointment } from '../domain/appointment.ts';
import { hashOf } from '../domain/hash.ts';
import type { OrganizationId } from '../domain/ids.ts';
import { isEnabled } from '../domain/mailbox.ts';
import type { SyncItem } from '../domain/sync-item.ts';
import type { ReconcileDeps, ReconcileScope } from './reconcile-types.ts';

/** The copy of a meeting that somebody else organises: it is read, and but for what is the user's own never written. */
export const isAttendeeCopy = (item: SyncItem): item is Appointment & { readonly ownMeeting: false } =>
  item.kind === 'appointment' && !item.ownMeeting;

/** Names the one record of a meeting whose organizer is not synced, whichever of its copies is seen first. */
export function operationOfMeeting(organization: OrganizationId, { itemId, iCalUid, occurrence }: Appointment): string {
  return hashOf('meeting', organization, iCalUid ?? itemId, occurrence?.originalStart ?? '');
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
