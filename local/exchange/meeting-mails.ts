import { attendeesOf } from './computed-properties.ts';
import type { OpenMailbox } from './request-context.ts';
import type { ItemContent, SentMail } from './store.ts';

/** SendMeetingInvitations and its relatives on update and delete. */
export type SendMode =
  | 'SendToNone'
  | 'SendOnlyToAll'
  | 'SendToAllAndSaveCopy'
  | 'SendOnlyToChanged'
  | 'SendToChangedAndSaveCopy';

export type MeetingMails = Readonly<Record<Extract<SentMail['kind'], 'request' | 'update' | 'cancellation'>, string[]>>;

/** Who gets which mail for a change of a meeting; `before` or `after` is missing at creation and deletion. */
export function meetingMails(
  mailbox: OpenMailbox,
  mode: SendMode,
  before: ItemContent | undefined,
  after: ItemContent | undefined,
): MeetingMails {
  if (mode === 'SendToNone') return { request: [], update: [], cancellation: [] };
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
  return { request: added, cancellation: removed, update: onlyChanged && guestsChanged ? [] : stayed };
}
