import type { Change } from '../../domain/change-message.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';

/** Why something is written, and on whose word. */
export interface Cause {
  readonly why: JournalEntry['why'];
  /** `engine`, or the id of an admin; never an address. */
  readonly by: JournalEntry['by'];
}

export const unnamedCause: Cause = { why: 'sync', by: 'engine' };

/** A change that was sent again by an admin, or that asks whether an item is still there, says so. */
export function causeOf({ kind, reason }: Change): Cause {
  const why = reason === 'replay' || reason === 'check' ? reason : kind;
  return { why, by: 'engine' };
}
