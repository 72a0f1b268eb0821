import type { z } from 'zod';
import { Series } from '../../shared/domain/recurrence.ts';
import type { FirstOccurrence } from '../../shared/domain/series-times.ts';

/** What a series is made of. */
export type SeriesInput = z.input<typeof Series>;
export type PatternInput = SeriesInput['recurrence']['pattern'];

export const seriesOf = (
  pattern: PatternInput,
  startDate: string,
  end: SeriesInput['recurrence']['end'] = { kind: 'never' },
  more: Partial<SeriesInput> = {},
): Series => Series.parse({ recurrence: { pattern, startDate, end }, ...more });

export const firstAt = (start: string, end: string, timeZone = 'UTC'): FirstOccurrence => ({ start, end, timeZone });
/** Nine to ten UTC. */
export const nine = firstAt('2030-01-01T09:00:00Z', '2030-01-01T10:00:00Z');
