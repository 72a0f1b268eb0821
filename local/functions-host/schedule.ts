import { Cron } from 'croner';
import { parseTimeSpan } from './time-span.ts';

export interface Schedule {
  /** The first occurrence after an instant; undefined where none will come any more. Epoch milliseconds. */
  next(after: number): number | undefined;
}

/** What NCrontab knows: numbers, names, lists, ranges, steps. Croner would also take L, W, # and @daily: not in Azure. */
const fieldPattern = /^(?:[\d*/,-]|[a-z]{3,})+$/i;

/**
 * Reads a timer's schedule: NCRONTAB with six fields (five without seconds) in UTC, where day of month and day of week must
 * both fit, or an interval "hh:mm:ss".
 */
export const parseSchedule = (text: string, timeZone = 'UTC'): Schedule => {
  const trimmed = text.trim();
  const interval = parseTimeSpan(trimmed);
  if (interval !== undefined && interval > 0) return { next: (after) => after + interval };
  const fields = trimmed.split(/\s+/);
  if ((fields.length !== 5 && fields.length !== 6) || !fields.every((field) => fieldPattern.test(field))) {
    throw new Error(
      `The schedule "${text}" is neither NCRONTAB ("{second} {minute} {hour} {day} {month} {day of week}") nor an ` +
        'interval ("hh:mm:ss").',
    );
  }
  const cron = new Cron(trimmed, { domAndDow: true, timezone: timeZone, paused: true });
  return { next: (after) => cron.nextRun(new Date(after))?.getTime() };
};
