import type { Appointment } from '../../domain/appointment.ts';
import { canonicalLine } from '../../domain/canonical-text.ts';
import type { ItemId } from '../../domain/ids.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { OccurrenceException, Series } from '../../domain/recurrence.ts';
import { toSyncError } from '../../domain/sync-error.ts';
import type { Log } from '../../ports/log.ts';
import { appointmentOf } from './ews-appointments.ts';
import { type ItemContext, itemValues } from './ews-item-values.ts';
import { readingProperties } from './ews-items.ts';
import { type EwsLibrary, loadEwsLibrary } from './ews-library.ts';
import { getItems, understood } from './ews-reads.ts';
import { recurrenceOf } from './ews-recurrence.ts';
import type { EwsCall, EwsSession } from './ews-session.ts';

/** Exceptions are light: subject and place. */
const exceptionsInRequest = 50;

interface ExceptionAsListed extends OccurrenceException {
  readonly itemId: string;
}

interface SeriesAsListed extends Omit<Series, 'exceptions'> {
  readonly exceptions: readonly ExceptionAsListed[];
}

/** A series as its master lists it: when its exceptions are, not what they are called. Undefined for an item that is no master. */
export function seriesOf({ library }: ItemContext, item: unknown): SeriesAsListed | undefined {
  if (!(item instanceof library.Appointment)) return undefined;
  const schema = library.AppointmentSchema;
  const values = itemValues(library, item);
  const recurrence = recurrenceOf(library, values.value(schema.Recurrence));
  if (recurrence === undefined) return undefined;
  const isoOf = (time: unknown) =>
    time instanceof library.DateTime ? new Date(time.TotalMilliSeconds).toISOString() : undefined;
  const modified = values.value(schema.ModifiedOccurrences);
  const deleted = values.value(schema.DeletedOccurrences);
  const changed = modified instanceof library.OccurrenceInfoCollection ? modified.GetEnumerator() : [];
  const gone = deleted instanceof library.DeletedOccurrenceInfoCollection ? deleted.GetEnumerator() : [];
  return {
    recurrence,
    exceptions: changed.flatMap((info): ExceptionAsListed[] => {
      const [originalStart, start, end] = [isoOf(info.OriginalStart), isoOf(info.Start), isoOf(info.End)];
      if (originalStart === undefined || start === undefined || end === undefined) return [];
      return [{ originalStart, start, end, itemId: info.ItemId.UniqueId }];
    }),
    deleted: gone.flatMap((info) => isoOf(info.OriginalStart) ?? []),
  };
}

interface Texts {
  readonly subject: string;
  readonly location: string;
}

/** Subject and place of exceptions by their ids. One that is gone meanwhile has none. */
async function textsOf(session: EwsSession, call: EwsCall, ids: readonly string[]): Promise<Map<string, Texts>> {
  const library = await loadEwsLibrary();
  const { Subject, Location } = library.AppointmentSchema;
  const wanted = new library.PropertySet(library.BasePropertySet.IdOnly, [Subject, Location]);
  const texts = new Map<string, Texts>();
  for (let from = 0; from < ids.length; from += exceptionsInRequest) {
    const batch = ids.slice(from, from + exceptionsInRequest);
    const found = await getItems(
      session,
      call,
      batch.map((id) => new library.ItemId(id)),
      wanted,
    );
    for (const [index, one] of found.entries()) {
      if (!one.ok && one.error.kind !== 'notFound') throw one.error;
      const id = batch[index];
      if (!one.ok || id === undefined || !(one.value instanceof library.Appointment)) continue;
      const values = itemValues(library, one.value);
      texts.set(id, {
        subject: canonicalLine(values.text(Subject)),
        location: canonicalLine(values.text(Location)),
      });
    }
  }
  return texts;
}

/** The exception with what it says otherwise than its series. */
function exceptionOf({ itemId, ...times }: ExceptionAsListed, master: Texts, texts: Map<string, Texts>) {
  const own = texts.get(itemId);
  return {
    ...times,
    ...(own === undefined || own.subject === master.subject ? {} : { subject: own.subject }),
    ...(own === undefined || own.location === master.location ? {} : { location: own.location }),
  };
}

const isHidden = ({ sensitivity }: Appointment) => sensitivity === 'private' || sensitivity === 'confidential';

/** Items that came as appointments, series whole: one request more for the exceptions of all of them. */
export async function appointmentsOf(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  library: EwsLibrary,
  found: readonly Outcome<unknown>[],
): Promise<Outcome<Appointment>[]> {
  const context = { library, log };
  const read = found.map((one) =>
    understood(one, (item) => ({
      appointment: appointmentOf(context, item, call.access.profile.privacyPolicy),
      series: seriesOf(context, item),
    })),
  );
  const ids = read.flatMap((one) =>
    one.ok && one.value.series !== undefined && !isHidden(one.value.appointment)
      ? one.value.series.exceptions.map(({ itemId }) => itemId)
      : [],
  );
  let texts: Map<string, Texts>;
  try {
    texts = await textsOf(session, call, ids);
  } catch (error) {
    const trouble = failed(toSyncError(error));
    return read.map((one) => {
      if (!one.ok) return one;
      return one.value.series === undefined ? succeeded(one.value.appointment) : trouble;
    });
  }
  return read.map((one) => {
    if (!one.ok) return one;
    const { appointment, series } = one.value;
    if (series === undefined) return succeeded(appointment);
    const exceptions = series.exceptions.map((exception) => exceptionOf(exception, appointment, texts));
    return succeeded({ ...appointment, series: { ...series, exceptions } });
  });
}

/** One batch of appointments by their ids in Exchange, series whole. */
export async function readAppointments(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  ids: readonly ItemId[],
  body = true,
): Promise<Outcome<Appointment>[]> {
  const library = await loadEwsLibrary();
  const found = await getItems(
    session,
    call,
    ids.map((id) => new library.ItemId(id)),
    readingProperties(library, 'appointment', body),
  );
  return appointmentsOf(session, log, call, library, found);
}
