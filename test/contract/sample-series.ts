import { canonicalSeries } from '../../shared/domain/canonical-series.ts';
import { Series } from '../../shared/domain/recurrence.ts';
import { end, start } from './exchange-under-test.ts';

/** Every Tuesday from the usual start on, five times, unless said otherwise. */
export const seriesOf = (fields: { pattern?: object; end?: object; exceptions?: object[]; deleted?: string[] } = {}) =>
  Series.parse({
    recurrence: {
      pattern: fields.pattern ?? { kind: 'weekly', daysOfWeek: ['tuesday'], firstDayOfWeek: 'monday' },
      startDate: '2026-06-09',
      end: fields.end ?? { kind: 'byCount', count: 5 },
    },
    exceptions: fields.exceptions ?? [],
    deleted: fields.deleted ?? [],
  });
/** What a series means, to compare it by; `first` has the times of its first occurrence. */
export const seriesText = (series: Series | undefined, first: { start: string; end: string } = { start, end }) =>
  series && canonicalSeries(series, 'Europe/Berlin', first);
export const instantOn = (day: string, clock = '07:00') => `2026-${day}T${clock}:00.000Z`;
export const summer = { from: '2026-06-01T00:00:00.000Z', to: '2026-09-01T00:00:00.000Z' };
export const time = { start, end, timeZone: 'Europe/Berlin', allDay: false };
