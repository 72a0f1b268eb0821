import { Recurrence, type RecurrencePattern } from '../../shared/domain/recurrence.ts';
import { EwsError } from './ews-error.ts';
import { childText, textElement, type XmlElement, xml } from './xml.ts';

const months = 'January February March April May June July August September October November December'.split(' ');
const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
/** xs:date may carry an offset, which means nothing here: the date is one of the series' own zone. */
const dateOf = (text: string | undefined) => (text ?? '').trim().slice(0, 10);

function readPattern(element: XmlElement | undefined): unknown {
  const text = (name: string) => childText(element, `t:${name}`)?.trim();
  const interval = Number(text('Interval') ?? '1');
  const dayOfMonth = Number(text('DayOfMonth'));
  const month = months.indexOf(text('Month') ?? '') + 1;
  const relative = { weekOfMonth: lower(text('DayOfWeekIndex') ?? ''), day: lower(text('DaysOfWeek') ?? '') };
  switch (element?.name) {
    case 't:DailyRecurrence':
      return { kind: 'daily', interval };
    case 't:WeeklyRecurrence': {
      const daysOfWeek = (text('DaysOfWeek') ?? '').split(/\s+/).map(lower);
      const first = text('FirstDayOfWeek');
      return { kind: 'weekly', interval, daysOfWeek, ...(first === undefined ? {} : { firstDayOfWeek: lower(first) }) };
    }
    case 't:AbsoluteMonthlyRecurrence':
      return { kind: 'monthlyByDate', interval, dayOfMonth };
    case 't:RelativeMonthlyRecurrence':
      return { kind: 'monthlyByDay', interval, ...relative };
    case 't:AbsoluteYearlyRecurrence':
      return { kind: 'yearlyByDate', month, dayOfMonth };
    default:
      return { kind: 'yearlyByDay', month, ...relative };
  }
}

function readEnd(range: XmlElement | undefined): unknown {
  if (range?.name === 't:EndDateRecurrence') return { kind: 'byDate', date: dateOf(childText(range, 't:EndDate')) };
  if (range?.name === 't:NumberedRecurrence')
    return { kind: 'byCount', count: Number(childText(range, 't:NumberOfOccurrences')) };
  return { kind: 'never' };
}

/** What a t:Recurrence of a calendar item says. @throws EwsError for one that has no sense */
export function readRecurrence(element: XmlElement): Recurrence {
  const [pattern, range] = element.children;
  const parsed = Recurrence.safeParse({
    pattern: readPattern(pattern),
    startDate: dateOf(childText(range, 't:StartDate')),
    end: readEnd(range),
  });
  if (!parsed.success) throw new EwsError('ErrorCalendarInvalidRecurrence', 'The recurrence pattern is invalid.');
  return parsed.data;
}

function writePattern(pattern: RecurrencePattern): XmlElement {
  const interval = 'interval' in pattern ? textElement('t:Interval', String(pattern.interval)) : undefined;
  const month = 'month' in pattern ? textElement('t:Month', months[pattern.month - 1] ?? '') : undefined;
  const date = 'dayOfMonth' in pattern ? textElement('t:DayOfMonth', String(pattern.dayOfMonth)) : undefined;
  const relative =
    'weekOfMonth' in pattern
      ? [textElement('t:DaysOfWeek', upper(pattern.day)), textElement('t:DayOfWeekIndex', upper(pattern.weekOfMonth))]
      : [];
  switch (pattern.kind) {
    case 'daily':
      return xml('t:DailyRecurrence', {}, interval);
    case 'weekly':
      return xml(
        't:WeeklyRecurrence',
        {},
        interval,
        textElement('t:DaysOfWeek', pattern.daysOfWeek.map(upper).join(' ')),
        textElement('t:FirstDayOfWeek', upper(pattern.firstDayOfWeek)),
      );
    case 'monthlyByDate':
      return xml('t:AbsoluteMonthlyRecurrence', {}, interval, date);
    case 'monthlyByDay':
      return xml('t:RelativeMonthlyRecurrence', {}, interval, ...relative);
    case 'yearlyByDate':
      return xml('t:AbsoluteYearlyRecurrence', {}, date, month);
    case 'yearlyByDay':
      return xml('t:RelativeYearlyRecurrence', {}, ...relative, month);
  }
}

/** Dates are answered with a Z, as in Microsoft's examples. */
export function writeRecurrence({ pattern, startDate, end }: Recurrence): XmlElement {
  const start = textElement('t:StartDate', `${startDate}Z`);
  const range =
    end.kind === 'never'
      ? xml('t:NoEndRecurrence', {}, start)
      : end.kind === 'byDate'
        ? xml('t:EndDateRecurrence', {}, start, textElement('t:EndDate', `${end.date}Z`))
        : xml('t:NumberedRecurrence', {}, start, textElement('t:NumberOfOccurrences', String(end.count)));
  return xml('t:Recurrence', {}, writePattern(pattern), range);
}
