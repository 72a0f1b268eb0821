import type { EmailServerProfile } from '../domain/email-server-profile.ts';
import { beginFirstSync } from './begin-first-sync.ts';
import { followProfile, type SaveMailboxDeps } from './save-mailbox.ts';

const together = 16;

/**
 * Saves a profile, and then the statuses and schedules of its mailboxes: which of them are synced is the profile's to say as
 * well. Dying half-way is mended by saving again. Gives the etag; rejects with StoreConflict when it changed since it was read.
 */
export async function saveProfile(deps: SaveMailboxDeps, profile: EmailServerProfile, etag?: string): Promise<string> {
  const mailboxes = (await deps.directory.listMailboxes(profile.organizationId)).filter(
    ({ profileId }) => profileId === profile.id,
  );
  const firstSyncs: (() => Promise<void>)[] = [];
  for (const some of inGroups(mailboxes))
    firstSyncs.push(...(await Promise.all(some.map((mailbox) => beginFirstSync(deps, mailbox, profile)))));
  const saved = await deps.directory.saveProfile(profile, etag);
  for (const some of inGroups(mailboxes))
    await Promise.all(some.map((mailbox) => followProfile(deps, mailbox, profile)));
  for (const firstSync of firstSyncs) await firstSync();
  return saved;
}

const inGroups = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / together) }, (_, at) => all.slice(at * together, (at + 1) * together));
