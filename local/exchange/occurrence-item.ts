import type { OpenItem, OpenMailbox } from './request-context.ts';
import { lastOccurrence, type Occurrence } from './series.ts';
import { checkBoundaries } from './series-rules.ts';
import { contentOf, type ItemContent, type OccurrenceContent, type SeriesState, type StoredItem } from './store.ts';
import { toUtcText } from './time-zones.ts';
import { textElement, type XmlElement } from './xml.ts';

/** What an occurrence never has of its own. */
const ofSeriesOnly = new Set(['Recurrence', 'UID', 'StartTimeZone', 'EndTimeZone']);

const itemId = (master: StoredItem, originalStart: string) =>
  `${master.id}.${(Date.parse(originalStart) / 1000).toString(36)}`;

/** The master's id and the original start inside the store's name of an occurrence; undefined for other items. */
export function readOccurrenceKey(key: string): { masterId: string; originalStart: string } | undefined {
  const [masterId = '', seconds] = key.split('.');
  return seconds === undefined
    ? undefined
    : { masterId, originalStart: toUtcText(Number.parseInt(seconds, 36) * 1000) };
}

const overlaid = <Value>(master: Record<string, Value>, own: Record<string, Value | null>): Record<string, Value> =>
  Object.fromEntries(
    Object.entries({ ...master, ...own }).filter((entry): entry is [string, Value] => entry[1] !== null),
  );

/** One occurrence as an item of its own: the master's content, overlaid by its own. */
export function openOccurrence(mailbox: OpenMailbox, master: StoredItem, occurrence: Occurrence): OpenItem {
  const { series: _series, ...rest } = master;
  const { Recurrence: _recurrence, ...properties } = overlaid(
    master.properties,
    occurrence.exception?.properties ?? {},
  );
  return {
    mailbox,
    occurrence: { master, ...occurrence },
    item: {
      ...rest,
      id: itemId(master, occurrence.originalStart),
      properties: {
        ...properties,
        Start: textElement('t:Start', occurrence.start),
        End: textElement('t:End', occurrence.end),
      },
      extended: overlaid(master.extended, occurrence.exception?.extended ?? {}),
    },
  };
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function differences<Value>(master: Record<string, Value>, own: Record<string, Value>): Record<string, Value | null> {
  const names = new Set([...Object.keys(master), ...Object.keys(own)]);
  return Object.fromEntries(
    [...names].filter((name) => !same(master[name], own[name])).map((name) => [name, own[name] ?? null]),
  );
}

const seriesOf = (master: StoredItem): SeriesState => master.series ?? { exceptions: {}, deleted: [] };

/** Makes the occurrence an exception with that content, if its neighbours leave room for it. @throws EwsError */
export function replaceOccurrence(open: OpenItem, content: ItemContent, by: string): OpenItem {
  if (!open.occurrence) throw new Error('not an occurrence');
  const { master, originalStart } = open.occurrence;
  checkBoundaries(
    master,
    originalStart,
    content.properties['Start']?.text ?? '',
    content.properties['End']?.text ?? '',
  );
  return putException(open, content, by);
}

/** Makes the occurrence an exception with that content. The master's version moves, as its ChangeKey in Exchange. */
export function putException(open: OpenItem, content: ItemContent, by: string): OpenItem {
  const { occurrence, mailbox } = open;
  if (!occurrence) throw new Error('not an occurrence');
  const { master, originalStart } = occurrence;
  const text = (name: string) => content.properties[name]?.text ?? '';
  const own: Record<string, XmlElement | null> = differences(master.properties, content.properties);
  for (const name of ofSeriesOnly) delete own[name];
  for (const [name, regular] of [
    ['Start', originalStart],
    ['End', occurrence.originalEnd],
  ] as const) {
    if (text(name) === regular) delete own[name];
    else own[name] = textElement(`t:${name}`, text(name));
  }
  const exception: OccurrenceContent = { properties: own, extended: differences(master.extended, content.extended) };
  const series = seriesOf(master);
  const next = mailbox.store.replace(
    master.id,
    {
      ...contentOf(master),
      series: {
        exceptions: { ...series.exceptions, [originalStart]: exception },
        deleted: series.deleted.filter((deleted) => deleted !== originalStart),
      },
    },
    by,
  );
  const [start, end] = [text('Start'), text('End')];
  return openOccurrence(mailbox, next, { ...occurrence, start, end, exception, deleted: false });
}

/** Takes an occurrence out of its series; false when it is the last one, with which the whole series goes. */
export function removeOccurrence({ occurrence, mailbox }: OpenItem, by: string): boolean {
  if (!occurrence) throw new Error('not an occurrence');
  const { master, originalStart } = occurrence;
  const series = seriesOf(master);
  const { [originalStart]: _gone, ...exceptions } = series.exceptions;
  const next: ItemContent = {
    ...contentOf(master),
    series: { exceptions, deleted: [...series.deleted, originalStart].sort() },
  };
  if (master.properties['Recurrence']?.children[1]?.name !== 't:NoEndRecurrence' && !lastOccurrence(next)) return false;
  mailbox.store.replace(master.id, next, by);
  return true;
}
