import type { Appointment } from '../../domain/appointment.ts';
import type { EmailServerProfile } from '../../domain/email-server-profile.ts';
import { isSeriesInWindow } from '../../domain/expand-recurrence.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import { isInWindow, type SyncWindow } from '../../domain/sync-window.ts';
import { itemRefusals } from './memory-exchange-errors.ts';
import type { MemoryItem } from './memory-exchange-items.ts';

type Privacy = Pick<EmailServerProfile, 'privacyPolicy'>;

const isPrivate = (item: MemoryItem): boolean =>
  item.kind === 'appointment' ? ['private', 'confidential'].includes(item.sensitivity) : item.private;

function busy({ organizer: _organizer, rawBody: _rawBody, ...item }: Appointment): Appointment {
  return {
    ...item,
    ...{ subject: 'Busy', location: '', bodyText: '', richBody: false, attendees: [], categories: [] },
    ...(item.series && { series: { ...item.series, exceptions: item.series.exceptions.map(namelessException) } }),
  };
}

const namelessException = <T extends { subject?: unknown; location?: unknown }>(exception: T) => {
  const { subject: _subject, location: _location, ...times } = exception;
  return times;
};

/** An item as it leaves the mailbox. */
export function readingOf(item: MemoryItem, { privacyPolicy }: Privacy): Outcome<SyncItem> {
  const { place: _place, ...read } = item;
  if (read.kind !== 'appointment') return isPrivate(item) ? failed(itemRefusals.isPrivate()) : succeeded(read);
  const { ofOccurrences: _ofOccurrences, ...appointment } = read;
  if (!isPrivate(item)) return succeeded(appointment);
  return privacyPolicy === 'skip' ? failed(itemRefusals.isPrivate()) : succeeded(busy(appointment));
}

function isListed(item: MemoryItem, window: SyncWindow): boolean {
  if (item.kind !== 'appointment') return true;
  return item.series === undefined ? isInWindow(item, window) : isSeriesInWindow(item.series, item, window);
}

/** Items as a listing gives them: those of the window, without bodies. */
export function listingOf(items: readonly MemoryItem[], profile: Privacy, window: SyncWindow): SyncItem[] {
  return items
    .filter((item) => isListed(item, window))
    .map((item) => readingOf(item, profile))
    .flatMap((outcome) => (outcome.ok ? [outcome.value] : []))
    .map(({ rawBody: _rawBody, ...item }) => ({ ...item, bodyText: '', richBody: false }) as SyncItem);
}
