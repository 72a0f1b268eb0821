import type { OpenItem, RequestContext } from './request-context.ts';
import { respondToMeeting } from './respond-to-meeting.ts';
import { isSeries, occurrencesIn } from './series.ts';
import type { StoredItem } from './store.ts';

const twoYears = 2 * 366 * 86_400_000;

interface Span {
  start: number;
  end: number;
}

function spansOf(item: StoredItem, from: number, to: number): Span[] {
  if (isSeries(item))
    return occurrencesIn(item, from, to).map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) }));
  const [start = 0, end = 0] = ['Start', 'End'].map((name) => Date.parse(item.properties[name]?.text ?? ''));
  return start < to && end > from ? [{ start, end }] : [];
}

const blocks = ({ kind, properties }: StoredItem) =>
  kind === 'CalendarItem' &&
  properties['IsCancelled']?.text !== 'true' &&
  properties['LegacyFreeBusyStatus']?.text !== 'Free';

/** Whether anything else in the calendar of the meeting takes some of its time; a series is looked at for two years. */
function isBusy({ item, mailbox, occurrence }: OpenItem): boolean {
  const from = Date.parse(item.properties['Start']?.text ?? '');
  const spans = spansOf(item, from, from + twoYears);
  const last = Math.max(...spans.map(({ end }) => end));
  const own = occurrence?.master.id ?? item.id;
  return mailbox.store
    .items('calendar')
    .filter((other) => other.id !== own && blocks(other))
    .flatMap((other) => spansOf(other, from, last))
    .some((other) => spans.some(({ start, end }) => other.start < end && other.end > start));
}

/** What the booking attendant of a room does with a request: it accepts when the room is free, else declines. */
export function answerForRoom(context: RequestContext, request: OpenItem): void {
  respondToMeeting(context, request, isBusy(request) ? 'Decline' : 'Accept', true);
}
