import type { Attendee } from './attendee.ts';
import type { Notify } from './item.ts';
import type { LiveMapping } from './item-mapping.ts';

/** How many are invited, within the organization and outside. */
export type Guests = NonNullable<LiveMapping['guests']>;

export function guestsOf(attendees: readonly Attendee[], isOutside: (email: string) => boolean): Guests | undefined {
  if (attendees.length === 0) return undefined;
  const outside = attendees.filter(({ email }) => isOutside(email)).length;
  return { inside: attendees.length - outside, outside };
}

export interface Telling {
  readonly policy: 'none' | 'all' | 'internal';
  readonly guests: Guests | undefined;
  /** They were invited by a write of ours. */
  readonly invited: boolean;
  /** It is over: nobody is told of the past. */
  readonly past: boolean;
}

/**
 * Who is told of a write to a meeting. Nobody, unless the profile says so; but whoever was invited through us also gets its
 * updates and its cancellation, else ghosts remain. Exchange mails all attendees or none, so `internal` means all where none is outside.
 */
export function notifyFor({ policy, guests, invited, past }: Telling): Notify {
  if (guests === undefined || past) return 'none';
  if (invited || policy === 'all') return 'all';
  return policy === 'internal' && guests.outside === 0 ? 'all' : 'none';
}
