import { ianaZone, offsetMinutes, timeZoneName } from './time-zones.ts';
import { textElement, type XmlElement, xml } from './xml.ts';

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const day = 86_400_000;

/** xs:duration of so many minutes. */
function duration(minutes: number): string {
  const absolute = Math.abs(minutes);
  const hours = absolute >= 60 ? `${Math.floor(absolute / 60)}H` : '';
  const rest = absolute % 60 > 0 || absolute === 0 ? `${absolute % 60}M` : '';
  return `${minutes < 0 ? '-' : ''}PT${hours}${rest}`;
}

interface Change {
  /** Milliseconds of the local clock just before it is put. */
  local: number;
  after: number;
}

/** When the zone's clock is put in that year: none or two changes. */
function changesOf(iana: string, year: number): Change[] {
  const changes: Change[] = [];
  const last = Date.UTC(year + 1, 0, 1);
  for (let start = Date.UTC(year, 0, 1); start < last; start += day) {
    const before = offsetMinutes(iana, start);
    const after = offsetMinutes(iana, start + day);
    if (before === after) continue;
    let [low, high] = [start, start + day];
    while (high - low > 60_000) {
      const middle = low + Math.floor((high - low) / 120_000) * 60_000;
      if (offsetMinutes(iana, middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ local: high + before * 60_000, after });
  }
  return changes;
}

/** "The second Sunday of March at 2:00": -1 is the last of the month. */
function recurringDay(change: Change, period: string): XmlElement {
  const date = new Date(change.local);
  const inMonth = date.getUTCDate();
  const monthLength = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const occurrence = inMonth + 7 > monthLength ? -1 : Math.ceil(inMonth / 7);
  return xml(
    't:RecurringDayTransition',
    {},
    textElement('t:To', period, { Kind: 'Period' }),
    textElement('t:TimeOffset', duration(date.getUTCHours() * 60 + date.getUTCMinutes())),
    textElement('t:Month', String(date.getUTCMonth() + 1)),
    textElement('t:DayOfWeek', weekdays[date.getUTCDay()] ?? 'Sunday'),
    textElement('t:Occurrence', String(occurrence)),
  );
}

const known = new Map<string, [attributes: Record<string, string>, ...children: XmlElement[]]>();

/** Attributes and children of a t:TimeZoneDefinitionType with the zone's rules as they are in that year. */
export function zoneContent(id: string, year: number): [attributes: Record<string, string>, ...children: XmlElement[]] {
  const key = `${id} ${year}`;
  const content = known.get(key) ?? describeZone(id, year);
  known.set(key, content);
  return content;
}

function describeZone(id: string, year: number): [attributes: Record<string, string>, ...children: XmlElement[]] {
  const iana = ianaZone(id) ?? 'Etc/UTC';
  const changes = changesOf(iana, year);
  const hasSummerTime = changes.length === 2;
  const offsets = hasSummerTime ? changes.map((change) => change.after) : [offsetMinutes(iana, Date.UTC(year, 0, 1))];
  const standard = Math.min(...offsets);
  const daylight = Math.max(...offsets);
  const periodId = (name: string) => `trule:Microsoft/Registry/${id}/1-${name}`;
  const period = (name: string, offset: number) =>
    textElement('t:Period', '', { Bias: duration(-offset), Name: name, Id: periodId(name) });
  const transitions = hasSummerTime
    ? changes.map((change) => recurringDay(change, periodId(change.after === standard ? 'Standard' : 'Daylight')))
    : [xml('t:Transition', {}, textElement('t:To', periodId('Standard'), { Kind: 'Period' }))];
  return [
    { Id: id, Name: timeZoneName(id) },
    xml('t:Periods', {}, period('Standard', standard), hasSummerTime ? period('Daylight', daylight) : undefined),
    xml('t:TransitionsGroups', {}, xml('t:TransitionsGroup', { Id: '0' }, ...transitions)),
    xml('t:Transitions', {}, xml('t:Transition', {}, textElement('t:To', '0', { Kind: 'Group' }))),
  ];
}

/** The zone by id and name; with a year also its rules. */
export function timeZoneElement(id: string, rulesOfYear: number | undefined): XmlElement {
  if (rulesOfYear === undefined) return textElement('t:TimeZoneDefinition', '', { Id: id, Name: timeZoneName(id) });
  return xml('t:TimeZoneDefinition', ...zoneContent(id, rulesOfYear));
}
