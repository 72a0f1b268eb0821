import type { Appointment as EwsAppointment, ItemId as EwsItemId, ExchangeService } from 'ews-javascript-api';
import type { AppointmentPatch } from '../../domain/appointment.ts';
import type { ChangeKey, ItemId } from '../../domain/ids.ts';
import type { ItemRef, Notify } from '../../domain/item.ts';
import { type OccurrenceKey, parseOccurrenceItemId } from '../../domain/occurrence-key.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Log } from '../../ports/log.ts';
import { applyAppointmentPatch } from './ews-appointments.ts';
import { toEwsSyncError } from './ews-errors.ts';
import { type ItemContext, refusal } from './ews-item-values.ts';
import { type EwsLibrary, leftOut, loadEwsLibrary } from './ews-library.ts';
import { cancellationsMode, updatesMode } from './ews-notify.ts';
import { type OccurrencePlace, placesOf } from './ews-occurrences.ts';
import { inBatches, outcomesOf, refIn } from './ews-outcomes.ts';
import { getItems } from './ews-reads.ts';
import type { EwsCall, EwsSession } from './ews-session.ts';
import type { OccurrencePatch } from './plan-series-write.ts';

/** What Exchange advises for one request, so that it ends within its own minute. */
const itemsInRequest = 10;

/** What is to be done to one occurrence of a series, by its index. */
export interface OccurrenceToWrite {
  readonly seriesId: ItemId;
  readonly index: number;
  readonly patch: OccurrencePatch | AppointmentPatch;
}

/** An occurrence has no zone and no pattern of its own: of a time it takes start and end. */
function occurrenceItem(
  context: ItemContext,
  service: ExchangeService,
  id: EwsItemId,
  patch: OccurrenceToWrite['patch'],
) {
  const { library } = context;
  const item = new library.Appointment(service);
  const internal = item as unknown as {
    LoadFromXmlJsObject(from: object, service: unknown, clear: boolean): void;
    GetId(): EwsItemId;
  };
  internal.LoadFromXmlJsObject({ ItemId: { Id: id.UniqueId, ChangeKey: id.ChangeKey } }, service, true);
  // The id of an occurrence is written otherwise than that of an item; the library reads only the latter.
  internal.GetId = () => id;
  const {
    time,
    times,
    series: _series,
    ...fields
  } = { time: undefined, times: undefined, series: undefined, ...patch };
  applyAppointmentPatch(context, item, fields);
  const span = times ?? time;
  if (span !== undefined) setTimes(library, item, span);
  return item;
}

function setTimes({ DateTime }: EwsLibrary, item: EwsAppointment, { start, end }: { start: string; end: string }) {
  item.Start = new DateTime(new Date(start).toISOString());
  item.End = new DateTime(new Date(end).toISOString());
}

/** Changes occurrences whatever they are like: the change key of their series was compared before. */
export function changeOccurrences(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  changes: readonly OccurrenceToWrite[],
  notify: Notify,
): Promise<Outcome<ItemRef>[]> {
  return inBatches(changes, itemsInRequest, async (batch) => {
    const { answer } = await session.request(call, 'write', (library, service) => {
      const items = batch.map(({ seriesId, index, patch }) => {
        const id = new library.AppointmentOccurrenceId(seriesId, index);
        return occurrenceItem({ library, log }, service, id, patch);
      });
      const { AlwaysOverwrite } = library.ConflictResolutionMode;
      return service.UpdateItems(items, leftOut, AlwaysOverwrite, leftOut, updatesMode(library, 'appointment', notify));
    });
    return outcomesOf(answer, batch.length, 'write', refIn);
  });
}

/** Takes occurrences out of their series; the rest of it stays. */
export function deleteOccurrences(
  session: EwsSession,
  call: EwsCall,
  occurrences: readonly { readonly seriesId: ItemId; readonly index: number }[],
  notify: Notify,
): Promise<Outcome<void>[]> {
  return inBatches(occurrences, itemsInRequest, async (batch) => {
    const { answer } = await session.request(call, 'write', (library, service) => {
      const ids = batch.map(({ seriesId, index }) => new library.AppointmentOccurrenceId(seriesId, index));
      const mode = cancellationsMode(library, 'appointment', notify);
      return service.DeleteItems(ids, library.DeleteMode.MoveToDeletedItems, mode, leftOut);
    });
    return outcomesOf(answer, batch.length, 'write', () => succeeded(undefined));
  });
}

/** The change keys that items have now, by their ids. An item without one is not there. */
export async function changeKeysOf(
  session: EwsSession,
  call: EwsCall,
  ids: readonly ItemId[],
): Promise<Map<ItemId, Outcome<ChangeKey>>> {
  const library = await loadEwsLibrary();
  const wanted = new library.PropertySet(library.BasePropertySet.IdOnly);
  const found = await inBatches(ids, itemsInRequest, (batch) =>
    getItems(
      session,
      call,
      batch.map((id) => new library.ItemId(id)),
      wanted,
    ),
  );
  return new Map(
    ids.map((id, index): [ItemId, Outcome<ChangeKey>] => {
      const one = found[index];
      if (one === undefined || !one.ok)
        return [id, one ?? failed(refusal('ItemNotUnderstood', 'The item did not come.'))];
      return [id, succeeded((one.value as EwsAppointment).Id.ChangeKey as ChangeKey)];
    }),
  );
}

interface Change {
  readonly item: ItemRef;
  readonly patch: AppointmentPatch;
}

const keyOf = (item: ItemRef): OccurrenceKey => {
  const key = parseOccurrenceItemId(item.itemId);
  if (key === undefined) throw refusal('NotAnOccurrence', 'The id names no occurrence of a series.');
  return key;
};

const conflict = () => toEwsSyncError({ kind: 'response', code: 'ErrorIrresolvableConflict' }, 'write');

/**
 * One batch of changes to occurrences: each becomes an exception of its series. The change key of an occurrence is that of its series, which
 * changes with every occurrence; so all are compared first and then written. A change of another in the moment between is not seen.
 */
export async function updateOccurrences(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  changes: readonly Change[],
  notify: Notify,
): Promise<Outcome<ItemRef>[]> {
  const places = await placesOf(
    session,
    log,
    call,
    changes.map(({ item }) => keyOf(item)),
  );
  const ready = changes.map(({ item }, index): Outcome<OccurrencePlace> => {
    const place = places[index] as Outcome<OccurrencePlace>;
    return place.ok && place.value.master.changeKey !== item.changeKey ? failed(conflict()) : place;
  });
  const toWrite = ready.flatMap((place, index): OccurrenceToWrite[] => {
    const { patch } = changes[index] as Change;
    return place.ok ? [{ seriesId: place.value.master.itemId, index: place.value.index, patch }] : [];
  });
  const written = (await changeOccurrences(session, log, call, toWrite, notify)).values();
  const outcomes = ready.map((place) => (place.ok ? (written.next().value as Outcome<ItemRef>) : place));
  const seriesIds = outcomes.flatMap((outcome, index) =>
    outcome.ok ? [keyOf((changes[index] as Change).item).seriesId] : [],
  );
  const keys = await changeKeysOf(session, call, [...new Set(seriesIds)]);
  return outcomes.map((outcome, index): Outcome<ItemRef> => {
    if (!outcome.ok) return outcome;
    const { item } = changes[index] as Change;
    const key = keys.get(keyOf(item).seriesId);
    // Without the key of what was just written, its next reading tells.
    return succeeded({ itemId: item.itemId, changeKey: key?.ok ? key.value : outcome.value.changeKey });
  });
}

/** One batch of occurrences to take out of their series. */
export async function deleteOccurrenceItems(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  items: readonly ItemRef[],
  notify: Notify,
): Promise<Outcome<void>[]> {
  const places = await placesOf(session, log, call, items.map(keyOf));
  const toDelete = places.flatMap((place) =>
    place.ok ? [{ seriesId: place.value.master.itemId, index: place.value.index }] : [],
  );
  const deleted = (await deleteOccurrences(session, call, toDelete, notify)).values();
  return places.map((place) => (place.ok ? (deleted.next().value as Outcome<void>) : place));
}
