import { answerForRoom } from './answer-for-room.ts';
import { cancelledContent, copyContent, withoutPersonal } from './copy-content.ts';
import { findMailbox } from './mailbox-directory.ts';
import { meetingMails, type SendMode } from './meeting-mails.ts';
import { openOccurrence, putException } from './occurrence-item.ts';
import type { OpenItem, OpenMailbox, RequestContext } from './request-context.ts';
import { isSeries, occurrenceAt } from './series.ts';
import { contentOf, type ItemContent, type StoredItem } from './store.ts';
import { textElement } from './xml.ts';

/** The organizer's side of a delivery: the meeting, or one occurrence of it, as it is after the change or was before it. */
interface Delivery {
  context: RequestContext;
  organizer: OpenMailbox;
  meeting: OpenItem;
}

const text = (item: ItemContent, name: string) => item.properties[name]?.text;

function findCopy({ meeting }: Delivery, guest: OpenMailbox): OpenItem | undefined {
  const uid = text(meeting.item, 'UID');
  const originalStart = meeting.occurrence?.originalStart;
  const copies = guest.store
    .items('calendar')
    .filter((item) => item.kind === 'CalendarItem' && text(item, 'UID') === uid);
  const series = copies.find(isSeries);
  if (originalStart === undefined) {
    const item = series ?? copies.find((copy) => text(copy, 'RecurrenceId') === undefined);
    return item && { mailbox: guest, item };
  }
  const occurrence = series && occurrenceAt(series, originalStart);
  if (series && occurrence) return openOccurrence(guest, series, occurrence);
  const item = copies.find((copy) => text(copy, 'RecurrenceId') === originalStart);
  return item && { mailbox: guest, item };
}

const hasSamePattern = (one: ItemContent, other: ItemContent) =>
  ['Recurrence', 'Start', 'End'].every(
    (name) => JSON.stringify(one.properties[name]) === JSON.stringify(other.properties[name]),
  );

/** Exceptions and deleted occurrences of the series as the guest gets them; the guest's own stay as long as the pattern does. */
function withSeries({ meeting }: Delivery, copy: ItemContent, old: StoredItem | undefined): ItemContent {
  if (meeting.occurrence || !isSeries(copy)) return copy;
  const told = meeting.item.series ?? { exceptions: {}, deleted: [] };
  const own = old?.series && hasSamePattern(copy, old) ? old.series : { exceptions: {}, deleted: [] };
  const exceptions = { ...own.exceptions };
  for (const [originalStart, { properties }] of Object.entries(told.exceptions)) {
    const kept = own.exceptions[originalStart];
    exceptions[originalStart] = {
      properties: { ...kept?.properties, ...withoutPersonal(properties) },
      extended: kept?.extended ?? {},
    };
  }
  const deleted = [...new Set([...told.deleted, ...own.deleted])].sort();
  for (const originalStart of deleted) delete exceptions[originalStart];
  return { ...copy, series: { exceptions, deleted } };
}

function deliverRequest(delivery: Delivery, guest: OpenMailbox): void {
  const { context, organizer, meeting } = delivery;
  const old = findCopy(delivery, guest);
  const by = organizer.entry.name;
  const copy = copyContent(context.directory, organizer.entry.address, contentOf(meeting.item), old?.item);
  let delivered: OpenItem;
  if (old?.occurrence) delivered = putException(old, copy, by);
  else {
    // A guest of one occurrence only has it as an item by itself.
    const originalStart = meeting.occurrence?.originalStart;
    if (originalStart !== undefined) copy.properties['RecurrenceId'] = textElement('t:RecurrenceId', originalStart);
    const content = withSeries(delivery, copy, old?.item);
    const item = old ? guest.store.replace(old.item.id, content, by) : guest.store.insert('calendar', content, by);
    delivered = { mailbox: guest, item };
  }
  if (guest.entry.room) answerForRoom(context, delivered);
}

function deliverCancellation(delivery: Delivery, guest: OpenMailbox): void {
  const copy = findCopy(delivery, guest);
  if (!copy) return;
  const by = delivery.organizer.entry.name;
  const content = cancelledContent(contentOf(copy.item));
  if (copy.occurrence) putException(copy, content, by);
  else guest.store.replace(copy.item.id, content, by);
}

/**
 * Notes the mails that a real server would send for a change of a meeting, and lets them arrive in the calendars of those guests
 * who have a mailbox here. `before` or `after` is missing at creation and deletion.
 */
export function sendMeeting(
  context: RequestContext,
  mode: SendMode,
  before: OpenItem | undefined,
  after: OpenItem | undefined,
): void {
  const meeting = after ?? before;
  if (!meeting) return;
  const { mailbox: organizer } = meeting;
  const mails = meetingMails(organizer, mode, before?.item, after?.item);
  const delivery = { context, organizer, meeting };
  for (const kind of ['request', 'cancellation', 'update'] as const) {
    const recipients = mails[kind];
    if (recipients.length === 0) continue;
    const subject = text(meeting.item, 'Subject') ?? '';
    context.store.recordMail({ mailbox: organizer.entry.address, kind, recipients, subject });
    for (const address of recipients) {
      const entry = findMailbox(context.directory, address);
      const guest = entry && { entry, store: context.store.mailbox(entry.address) };
      if (!guest) continue;
      if (kind === 'cancellation') deliverCancellation(delivery, guest);
      else deliverRequest(delivery, guest);
    }
  }
}
