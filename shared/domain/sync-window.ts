import { millisecondsOfDay } from './plain-date.ts';

/** The time whose items travel from Exchange: from (inclusive) to (exclusive), instants in UTC. */
export interface SyncWindow {
  readonly from: string;
  readonly to: string;
}

export interface WindowDays {
  readonly daysBack: number;
  readonly daysAhead: number;
}

const isoOf = (day: number) => new Date(day * millisecondsOfDay).toISOString();

/**
 * The window at a moment (milliseconds). Its edges are whole days in UTC, today's ones included, so that they move once a day and not
 * between two polls. What leaves it is neither deleted nor compared any more: its mapping stays and it is left as it is.
 */
export function windowOf(now: number, { daysBack, daysAhead }: WindowDays): SyncWindow {
  const today = Math.floor(now / millisecondsOfDay);
  return { from: isoOf(today - daysBack), to: isoOf(today + daysAhead + 1) };
}

/** Whether any of it lies in the window; what has no length lies where it starts. */
export function isInWindow(item: { readonly start: string; readonly end: string }, window: SyncWindow): boolean {
  const start = Date.parse(item.start);
  const from = Date.parse(window.from);
  return start < Date.parse(window.to) && (Date.parse(item.end) > from || start >= from);
}

/**
 * What entered the window since it was last swept (milliseconds; undefined: never), at most the whole window; undefined when nothing
 * did. An item in it is no new item: it is matched first.
 */
export function enteringDay(lastSweptAt: number | undefined, now: number, days: WindowDays): SyncWindow | undefined {
  const window = windowOf(now, days);
  if (lastSweptAt === undefined) return window;
  const swept = windowOf(lastSweptAt, days);
  if (swept.to >= window.to) return undefined;
  return { from: swept.to > window.from ? swept.to : window.from, to: window.to };
}
