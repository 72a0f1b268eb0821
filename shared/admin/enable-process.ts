import type { ChangeMessage } from '../domain/change-message.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import { isEnabled } from '../domain/mailbox.ts';
import { toSyncError } from '../domain/sync-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { ExchangeGateway } from '../ports/exchange-gateway.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { PollScheduleStore } from '../ports/poll-schedule-store.ts';
import type { Random } from '../ports/random.ts';
import type { StatusStore } from '../ports/status-store.ts';

export interface EnableDeps {
  readonly directory: DirectoryStore;
  readonly exchange: ExchangeGateway;
  readonly statuses: StatusStore;
  readonly schedules: PollScheduleStore;
  readonly changes: MessageQueue<ChangeMessage>;
  readonly clock: Clock;
  readonly random: Random;
}

export type Enabled =
  | { readonly outcome: 'enabled' }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'refused'; readonly code: string; readonly text: string };

/** Ends the disabled state of a mailbox's calendar once one call to it succeeds; what was held for it is sent on. */
export async function enableProcess(deps: EnableDeps, key: MailboxKey): Promise<Enabled> {
  const { directory, statuses, schedules, clock } = deps;
  const mailbox = await directory.findMailbox(key.organizationId, key.mailboxId);
  const profile = mailbox && (await directory.findProfile(key.organizationId, mailbox.value.profileId));
  if (mailbox === undefined || profile === undefined) return { outcome: 'unknown' };
  if (!isEnabled(mailbox.value, profile.value, 'appointments')) {
    return { outcome: 'refused', code: 'NotEnabled', text: 'Approve the mailbox and switch its calendar on first.' };
  }
  try {
    await deps.exchange.probe({ mailbox: mailbox.value, profile: profile.value });
  } catch (thrown) {
    const error = toSyncError(thrown);
    return { outcome: 'refused', code: error.code, text: error.message };
  }
  const now = clock.now().toISOString();
  const status = await statuses.find(key, 'appointments');
  await statuses.save(key, 'appointments', { status: 'unattempted', since: now, failuresInARow: 0 }, status?.etag);
  const { profileId } = mailbox.value;
  const schedule = await schedules.find(key);
  await schedules.save(key, { ...schedule?.value, mailboxId: key.mailboxId, profileId, dueAt: now }, schedule?.etag);
  await deps.changes.send([
    { body: { kind: 'wakeUp', schema: 1, scope: { kind: 'mailbox', ...key }, pauseId: deps.random.id(), hop: 0 } },
  ]);
  return { outcome: 'enabled' };
}
