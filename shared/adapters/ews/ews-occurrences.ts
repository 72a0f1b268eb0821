import type { Appointment } from '../../domain/appointment.ts';
import { type Occurrence, occurrenceIndexOf, occurrencesOf } from '../../domain/expand-recurrence.ts';
import type { ItemId } from '../../domain/ids.ts';
import { type OccurrenceKey, occurrenceItemId } from '../../domain/occurrence-key.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { SyncWindow } from '../../domain/sync-window.ts';
import type { Log } from '../../ports/log.ts';
import { appointmentOf } from './ews-appointments.ts';
import { refusal } from './ews-item-values.ts';
import { readingProperties } from './ews-items.ts';
import { loadEwsLibrary } from './ews-library.ts';
import { inBatches } from './ews-outcomes.ts';
import { getItems, understood } from './ews-reads.ts';
import { readAppointments } from './ews-series-reads.ts';
import type { EwsCall, EwsSession } from './ews-session.ts';

/** Items of which a body is read in one request. */
const itemsInRequest = 10;

/** An occurrence by its place in its series, as Exchange's OccurrenceItemId has it. */
export interface OccurrencePlace {
  readonly master: Appointment;
  readonly index: number;
  readonly originalStart: string;
}

const noOccurrence = () =>
  refusal('OccurrenceNotInSeries', 'The series has no occurrence at that time any more.', 'notFound');

/**
 * Where occurrences are in their series, found without state: the id names the series and the original start, the pattern of the
 * series as it is now gives the index.
 */
export async function placesOf(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  keys: readonly OccurrenceKey[],
): Promise<Outcome<OccurrencePlace>[]> {
  const ids = [...new Set(keys.map(({ seriesId }) => seriesId))];
  const read = await inBatches(ids, itemsInRequest, (batch) => readAppointments(session, log, call, batch, false));
  const masters = new Map(ids.map((id, index) => [id, read[index]]));
  return keys.map(({ seriesId, originalStart }): Outcome<OccurrencePlace> => {
    const master = masters.get(seriesId);
    if (master === undefined || !master.ok) return master ?? failed(noOccurrence());
    const { series } = master.value;
    const index = series && occurrenceIndexOf(series, master.value, originalStart);
    if (index === undefined) return failed(noOccurrence());
    return succeeded({ master: master.value, index, originalStart });
  });
}

/**
 * An occurrence as an appointment of its own. Its change key is that of its series: whatever changes one of them changes the item that
 * holds them all.
 */
function asOccurrence(read: Appointment, master: Appointment, originalStart: string): Appointment {
  const { series: _series, ...own } = read;
  const itemId = occurrenceItemId(master.itemId, originalStart);
  return { ...own, itemId, changeKey: master.changeKey, recurring: true, occurrence: { originalStart } };
}

/** Occurrences whole, as Exchange has them now; a deleted one is notFound. */
async function readPlaces(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  places: readonly OccurrencePlace[],
): Promise<Outcome<Appointment>[]> {
  const library = await loadEwsLibrary();
  const wanted = readingProperties(library, 'appointment');
  const found = await inBatches(places, itemsInRequest, (batch) =>
    getItems(
      session,
      call,
      batch.map(({ master, index }) => new library.AppointmentOccurrenceId(master.itemId, index)),
      wanted,
    ),
  );
  return found.map((one, position) =>
    understood(one, (item) => {
      const { master, originalStart } = places[position] as OccurrencePlace;
      const read = appointmentOf({ library, log }, item, call.access.profile.privacyPolicy);
      return asOccurrence(read, master, originalStart);
    }),
  );
}

/** One batch of occurrences by the ids they have in the domain. */
export async function readOccurrenceItems(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  keys: readonly OccurrenceKey[],
): Promise<Outcome<Appointment>[]> {
  const places = await placesOf(session, log, call, keys);
  const read = await readPlaces(
    session,
    log,
    call,
    places.flatMap((place) => (place.ok ? [place.value] : [])),
  );
  const next = read.values();
  return places.map((place) => (place.ok ? (next.next().value ?? failed(noOccurrence())) : place));
}

/**
 * What a series has within the window. One request for the series, and one for each ten exceptions: an occurrence that is no exception is as
 * its series.
 */
export async function readOccurrences(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  seriesId: ItemId,
  window: SyncWindow,
): Promise<readonly Appointment[]> {
  const [outcome] = await readAppointments(session, log, call, [seriesId]);
  if (outcome === undefined || !outcome.ok) throw outcome?.error ?? noOccurrence();
  const master = outcome.value;
  const { series } = master;
  if (series === undefined) return [];
  const occurrences = occurrencesOf(series, master, window);
  const changed = occurrences.filter(({ exception }) => exception !== undefined);
  const places = changed.map(({ index, originalStart }) => ({ master, index, originalStart }));
  const read = await readPlaces(session, log, call, places);
  const exceptions = new Map(read.map((one, position) => [(changed[position] as Occurrence).index, one]));
  return occurrences.flatMap(({ index, originalStart, start, end }): Appointment[] => {
    const exception = exceptions.get(index);
    if (exception === undefined) return [{ ...asOccurrence(master, master, originalStart), ...{ start, end } }];
    if (exception.ok) return [exception.value];
    // Deleted or made private between the two requests: it is not there.
    if (exception.error.kind === 'notFound') return [];
    throw exception.error;
  });
}
