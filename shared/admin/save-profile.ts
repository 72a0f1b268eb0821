import type { EmailServerProfile } from '../domain/email-server-profile.ts';
import { followProfile, type SaveMailboxDeps } from './save-mailbox.ts';

const together = 16;

/**
 * Saves a profile, and then the statuses and schedules of its mailboxes: which of them are synced is the profile's to say as
 * well. Dying half-way is mended by saving again. Gives the etag; rejects with StoreConflict when it changed since it was read.
 */
export async function saveProfile(deps: SaveMailboxDeps, profile: EmailServerProfile, etag?: string): Promise<string> {
  const saved = await deps.directory.saveProfile(profile, etag);
  const mailboxes = (await deps.directory.listMailboxes(profile.organizationId)).filter(
    ({ profileId }) => profileId === profile.id,
  );
  for (let start = 0; start < mailboxes.length; start += together) {
    const some = mailboxes.slice(start, start + together);
    await Promise.all(some.map((mailbox) => followProfile(deps, mailbox, profile)));
  }
  return saved;
}
