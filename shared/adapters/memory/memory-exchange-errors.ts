import { type ErrorKind, SyncError } from '../../domain/sync-error.ts';

function refusal(code: string, kind: ErrorKind, message: string): SyncError {
  return new SyncError(message, { code, kind, remedy: { kind: kind === 'conflict' ? 'retry' : 'park' } });
}

/** A series takes several requests: this one was not the last. */
export const brokenOff = () =>
  new SyncError('The connection broke after a part of the series was written.', {
    code: 'ECONNRESET',
    remedy: { kind: 'retry' },
    ambiguous: true,
  });

/** What Exchange answers for one item of a batch. */
export const itemRefusals = {
  gone: () => refusal('ErrorItemNotFound', 'notFound', 'The item is gone or lies under another id.'),
  changed: () => refusal('ErrorIrresolvableConflict', 'conflict', 'The item was changed since it was read.'),
  isPrivate: () => refusal('PrivateItem', 'notFound', 'The item is private and stays in the mailbox.'),
  backwards: () =>
    refusal(
      'ErrorCalendarEndDateIsEarlierThanStartDate',
      'other',
      'The end of an appointment must be after its start.',
    ),
  crossing: () =>
    refusal(
      'ErrorOccurrenceCrossingBoundary',
      'other',
      'An occurrence cannot be moved to the day of its neighbours or past them.',
    ),
} as const;
