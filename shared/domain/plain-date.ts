import { z } from 'zod';

/** A date without time or zone, as in RFC 3339: `2030-05-06`. All-day events are dates, never instants. */
export const PlainDate = z.iso.date().brand<'PlainDate'>();
export type PlainDate = z.infer<typeof PlainDate>;
