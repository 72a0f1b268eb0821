import { isDate, isInteger, type Rule } from './request-rules.ts';
import { maybe, one, text } from './rule-parts.ts';

const dayNames = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday Day Weekday WeekendDay'.split(' ');
const interval = one('t:Interval', text(isInteger));
const oneDay = one('t:DaysOfWeek', text(dayNames));
const week = one('t:DayOfWeekIndex', text(['First', 'Second', 'Third', 'Fourth', 'Last']));
const dayOfMonth = one('t:DayOfMonth', text(isInteger));
const monthName = one(
  't:Month',
  text('January February March April May June July August September October November December'.split(' ')),
);
const severalDays = one(
  't:DaysOfWeek',
  text((value) =>
    value
      .trim()
      .split(/\s+/)
      .every((name) => dayNames.includes(name)),
  ),
);
const patterns: Record<string, Rule> = {
  't:RelativeYearlyRecurrence': { sequence: [oneDay, week, monthName] },
  't:AbsoluteYearlyRecurrence': { sequence: [dayOfMonth, monthName] },
  't:RelativeMonthlyRecurrence': { sequence: [interval, oneDay, week] },
  't:AbsoluteMonthlyRecurrence': { sequence: [interval, dayOfMonth] },
  't:WeeklyRecurrence': { sequence: [interval, severalDays, maybe('t:FirstDayOfWeek', text(dayNames))] },
  't:DailyRecurrence': { sequence: [interval] },
};
const startDate = one('t:StartDate', text(isDate));
const ranges: Record<string, Rule> = {
  't:NoEndRecurrence': { sequence: [startDate] },
  't:EndDateRecurrence': { sequence: [startDate, one('t:EndDate', text(isDate))] },
  't:NumberedRecurrence': { sequence: [startDate, one('t:NumberOfOccurrences', text(isInteger))] },
};

/** t:RecurrenceType: a pattern and a range. */
export const recurrenceRule: Rule = { sequence: [{ names: patterns }, { names: ranges }] };
