import type { Item } from 'ews-javascript-api';
import { isSeriesInWindow } from '../../domain/expand-recurrence.ts';
import type { ItemId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { millisecondsOfDay } from '../../domain/plain-date.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncWindow } from '../../domain/sync-window.ts';
import type { Log } from '../../ports/log.ts';
import { toEwsSyncError } from './ews-errors.ts';
import { folderOf } from './ews-folders.ts';
import { itemValues } from './ews-item-values.ts';
import { readingProperties } from './ews-items.ts';
import { loadEwsLibrary } from './ews-library.ts';
import { inBatches } from './ews-outcomes.ts';
import { getItems, readBatch } from './ews-reads.ts';
import { appointmentsOf, readAppointments } from './ews-series-reads.ts';
import type { EwsCall, EwsSession } from './ews-session.ts';

export interface ItemPage {
  readonly items: readonly SyncItem[];
  readonly next: string | undefined;
}

/** Items of a page, and of one request that reads them without bodies. */
const itemsInPage = 200;
const itemsInRequest = 50;

/** The most that a view may span (https://learn.microsoft.com/exchange/client-developer/web-service-reference/calendarview), with room for leap years. */
const longestView = 700 * millisecondsOfDay;
const shortestView = 60_000;

/** What is gone or private since it was found is left out; other trouble is that of the page. */
function present<T>(outcomes: readonly Outcome<T>[]): T[] {
  return outcomes.flatMap((outcome) => {
    if (outcome.ok) return [outcome.value];
    if (outcome.error.kind === 'notFound' || outcome.error.remedy.kind === 'park') return [];
    throw outcome.error;
  });
}

/** Tasks or contacts: a page is a stretch of the folder, its cursor the number of items before it. */
async function listFolder(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  kind: 'task' | 'contact',
  cursor: string | undefined,
): Promise<ItemPage> {
  const offset = Number(cursor ?? 0);
  const found = await session.requestOne(call, (library, service) => {
    const view = new library.ItemView(itemsInPage, offset);
    view.PropertySet = new library.PropertySet(library.BasePropertySet.IdOnly);
    return service.FindItems(folderOf(library, call.access, kind), view);
  });
  const library = await loadEwsLibrary();
  const wanted = { task: library.Task, contact: library.Contact }[kind];
  const ids = found.Items.filter((item) => item instanceof wanted).map((item) => item.Id.UniqueId as ItemId);
  const items = present(
    await inBatches(ids, itemsInRequest, (batch) => readBatch(session, log, call, kind, batch, false)),
  );
  const next = found.MoreAvailable ? String(found.NextPageOffset ?? offset + found.Items.length) : undefined;
  return { items, next };
}

/** What a calendar view shows of one item. */
interface Seen {
  readonly itemId: ItemId;
  readonly start: number;
  readonly ofSeries: boolean;
  readonly uid: string;
}

async function view(session: EwsSession, call: EwsCall, from: number, to: number) {
  const found = await session.requestOne(call, (library, service) => {
    const { CalendarView, DateTime, PropertySet, BasePropertySet, AppointmentSchema } = library;
    const iso = (instant: number) => new DateTime(new Date(instant).toISOString());
    const calendarView = new CalendarView(iso(from), iso(to), itemsInPage);
    const { Start, AppointmentType, ICalUid } = AppointmentSchema;
    calendarView.PropertySet = new PropertySet(BasePropertySet.IdOnly, [Start, AppointmentType, ICalUid]);
    return service.FindAppointments(folderOf(library, call.access, 'appointment'), calendarView);
  });
  const library = await loadEwsLibrary();
  const { AppointmentType, AppointmentSchema: schema } = library;
  const seen = found.Items.map((item: Item): Seen => {
    const values = itemValues(library, item);
    const type = values.value(schema.AppointmentType);
    return {
      itemId: item.Id.UniqueId as ItemId,
      start: Date.parse(values.instant(schema.Start) ?? ''),
      ofSeries: type === AppointmentType.Occurrence || type === AppointmentType.Exception,
      uid: values.text(schema.ICalUid),
    };
  });
  return { seen, more: found.MoreAvailable };
}

/** The masters of series by one occurrence of each. */
async function mastersOf(session: EwsSession, log: Log, call: EwsCall, occurrences: readonly Seen[]) {
  const library = await loadEwsLibrary();
  const byUid = new Map(occurrences.map((one) => [one.uid === '' ? one.itemId : one.uid, one.itemId]));
  const wanted = readingProperties(library, 'appointment', false);
  const found = await inBatches([...byUid.values()], itemsInRequest, (batch) =>
    getItems(
      session,
      call,
      batch.map((id) => new library.RecurringAppointmentMasterId(id)),
      wanted,
    ),
  );
  const masters = present(await appointmentsOf(session, log, call, library, found));
  return [...new Map(masters.map((master) => [master.itemId, master])).values()];
}

/**
 * Appointments: a page is a span of time, its cursor where it begins. A calendar view cannot go on where it broke off, so a span with too much
 * in it is halved. What began before the span was on an earlier page; so was a series with an occurrence before it.
 */
async function listCalendar(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  window: SyncWindow,
  cursor: string | undefined,
): Promise<ItemPage> {
  const end = Date.parse(window.to);
  const from = Date.parse(cursor ?? window.from);
  if (Number.isNaN(from) || from >= end) return { items: [], next: undefined };
  let to = Math.min(end, from + longestView);
  let { seen, more } = await view(session, call, from, to);
  while (more) {
    if (to - from <= shortestView) throw toEwsSyncError({ kind: 'answer', code: 'AnswerIncomplete' }, 'read');
    to = from + Math.ceil((to - from) / 2);
    ({ seen, more } = await view(session, call, from, to));
  }
  const isNew = ({ start }: Seen) => cursor === undefined || start >= from;
  const singles = seen.filter((one) => !one.ofSeries && isNew(one)).map(({ itemId }) => itemId);
  const read = await inBatches(singles, itemsInRequest, (batch) => readAppointments(session, log, call, batch, false));
  const masters = await mastersOf(
    session,
    log,
    call,
    seen.filter((one) => one.ofSeries),
  );
  const before = { from: window.from, to: new Date(from).toISOString() };
  const firstSeen = masters.filter(
    ({ series, ...master }) =>
      cursor === undefined || series === undefined || !isSeriesInWindow(series, master, before),
  );
  return {
    items: [...present(read), ...firstSeen],
    next: to < end ? new Date(to).toISOString() : undefined,
  };
}

/** A page of a folder, see the port. Ids first, then the items in larger requests than those with bodies: not all that is wanted can be found. */
export function listItems(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  kind: ItemKind,
  window: SyncWindow,
  cursor: string | undefined,
): Promise<ItemPage> {
  if (kind !== 'appointment') return listFolder(session, log, call, kind, cursor);
  return listCalendar(session, log, call, window, cursor);
}
