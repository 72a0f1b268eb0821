import type { Appointment as EwsAppointment, ItemId as EwsItemId, ExchangeService } from 'ews-javascript-api';
import type { AppointmentPatch } from '../../domain/appointment.ts';
import type { ChangeKey, ItemId } from '../../domain/ids.ts';
import type { ItemRef, Notify } from '../../domain/item.ts';
import { type OccurrenceKey, parseOccurrenceItemId } from '../../domain/occurrence-key.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { toSyncError } from '../../domain/sync-error.ts';
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

/** The id of an occurrence as it is written. The library leaves out its change key. */
function occurrenceId(library: EwsLibrary, seriesId: ItemId, index: number, changeKey?: ChangeKey): EwsItemId {
  const id = new library.AppointmentOccurrenceId(seriesId, index);
  if (changeKey === undefined) return id;
  const internal = id as unknown as { WriteAttributesToXml(writer: AttributeWriter): void };
  const writeOthers = internal.WriteAttributesToXml.bind(id);
  internal.WriteAttributesToXml = (writer) => {
    writeOthers(writer);
    writer.WriteAttributeValue('ChangeKey', changeKey);
  };
  return id;
}

interface AttributeWriter {
  WriteAttributeValue(name: string, value: string): void;
}

/**
 * Changes occurrences of series that are still as their change keys say. A series and its occurrences have one change key together
 * (https://learn.microsoft.com/exchange/client-developer/web-service-reference/occurrenceitemid), so the first change of a series is made
 * with it, and the others after it: their series was just seen unchanged, and has another key by our own hand.
 */
export async function changeOccurrences(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  changes: readonly OccurrenceToWrite[],
  keys: ReadonlyMap<ItemId, ChangeKey>,
  notify: Notify,
): Promise<Outcome<ItemRef>[]> {
  const send = (group: readonly OccurrenceToWrite[], guarded: boolean) =>
    inBatches(group, itemsInRequest, async (batch) => {
      const { answer } = await session.request(call, 'write', (library, service) => {
        const items = batch.map(({ seriesId, index, patch }) => {
          const id = occurrenceId(library, seriesId, index, guarded ? keys.get(seriesId) : undefined);
          return occurrenceItem({ library, log }, service, id, patch);
        });
        const { AlwaysOverwrite, NeverOverwrite } = library.ConflictResolutionMode;
        const mode = guarded ? NeverOverwrite : AlwaysOverwrite;
        return service.UpdateItems(items, leftOut, mode, leftOut, updatesMode(library, 'appointment', notify));
      });
      return outcomesOf(answer, batch.length, 'write', refIn);
    });
  const outcomes = new Map<OccurrenceToWrite, Outcome<ItemRef>>();
  const unchanged = new Set<ItemId>();
  const refusals = new Map<ItemId, Outcome<ItemRef>>();
  for (;;) {
    for (const change of changes) {
      const refused = outcomes.has(change) ? undefined : refusals.get(change.seriesId);
      if (refused !== undefined) outcomes.set(change, refused);
    }
    const left = changes.filter((change) => !outcomes.has(change));
    if (left.length === 0) return changes.map((change) => outcomes.get(change) as Outcome<ItemRef>);
    const free = left.filter(({ seriesId }) => unchanged.has(seriesId));
    const firsts = [...new Map([...left].reverse().map((change) => [change.seriesId, change])).values()];
    const group = free.length > 0 ? free : firsts;
    const sent = await send(group, free.length === 0).catch((thrown: unknown) => {
      // What an earlier request has done must not be lost.
      if (outcomes.size === 0) throw thrown;
      return group.map(() => failed(toSyncError(thrown)));
    });
    for (const [index, change] of group.entries()) {
      const outcome = sent[index] as Outcome<ItemRef>;
      outcomes.set(change, outcome);
      if (outcome.ok) unchanged.add(change.seriesId);
      else if (outcome.error.kind === 'conflict') refusals.set(change.seriesId, outcome);
    }
  }
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

/** The change key that an item has now. */
export async function changeKeyOf(session: EwsSession, call: EwsCall, id: ItemId): Promise<Outcome<ChangeKey>> {
  const library = await loadEwsLibrary();
  const wanted = new library.PropertySet(library.BasePropertySet.IdOnly);
  const [found] = await getItems(session, call, [new library.ItemId(id)], wanted);
  if (found === undefined || !found.ok) return found ?? failed(refusal('ItemNotUnderstood', 'The item did not come.'));
  return succeeded((found.value as EwsAppointment).Id.ChangeKey as ChangeKey);
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
 * One batch of changes to occurrences: each becomes an exception of its series. All that is changed of one series in a batch has the change
 * key that the last change left.
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
  const keys = new Map(ready.flatMap((place) => (place.ok ? [keyOfMaster(place.value)] : [])));
  const written = await changeOccurrences(session, log, call, toWrite, keys, notify);
  for (const [index, { seriesId }] of toWrite.entries()) {
    const outcome = written[index];
    if (outcome?.ok) keys.set(seriesId, outcome.value.changeKey);
  }
  const next = written.values();
  return ready.map((place, index): Outcome<ItemRef> => {
    if (!place.ok) return place;
    const outcome = next.next().value as Outcome<ItemRef>;
    if (!outcome.ok) return outcome;
    const { item } = changes[index] as Change;
    const changeKey = keys.get(place.value.master.itemId) ?? outcome.value.changeKey;
    return succeeded({ itemId: item.itemId, changeKey });
  });
}

const keyOfMaster = ({ master }: OccurrencePlace): [ItemId, ChangeKey] => [master.itemId, master.changeKey];

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
