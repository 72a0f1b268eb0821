import { attendeesOf } from './computed-properties.ts';
import type { OpenMailbox } from './request-context.ts';
import type { ItemContent, SentMail, Store } from './store.ts';

/** SendMeetingInvitations and its relatives on update and delete. */
export type SendMode =
  | 'SendToNone'
  | 'SendOnlyToAll'
  | 'SendToAllAndSaveCopy'
  | 'SendOnlyToChanged'
  | 'SendToChangedAndSaveCopy';

/** Notes the mails that a real server would send for a change of a meeting; `before` or `after` is missing at creation and deletion. */
export function recordMeetingMails(
  store: Store,
  mailbox: OpenMailbox,
  mode: SendMode,
  before: ItemContent | undefined,
  after: ItemContent | undefined,
): void {
  if (mode === 'SendToNone') return;
  const own = mailbox.entry.address.toLowerCase();
  const people = (content: ItemContent | undefined) =>
    content ? attendeesOf({ item: content }).filter((address) => address !== own) : [];
  const old = people(before);
  const present = people(after);
  const added = present.filter((address) => !old.includes(address));
  const removed = old.filter((address) => !present.includes(address));
  const stayed = present.filter((address) => old.includes(address));
  const onlyChanged = mode === 'SendOnlyToChanged' || mode === 'SendToChangedAndSaveCopy';
  const guestsChanged = added.length > 0 || removed.length > 0;
  const subject = (after ?? before)?.properties['Subject']?.text ?? '';
  const send = (kind: SentMail['kind'], recipients: string[]) => {
    if (recipients.length > 0) store.recordMail({ mailbox: mailbox.entry.address, kind, recipients, subject });
  };
  send('request', added);
  send('cancellation', removed);
  if (!(onlyChanged && guestsChanged)) send('update', stayed);
}
