import type { ExchangeService, Item, PropertySet } from 'ews-javascript-api';
import type { ItemKind, ItemRef } from '../../domain/item.ts';
import type { ItemDraft, ItemPatch, SyncItem } from '../../domain/sync-item.ts';
import { applyAppointmentPatch, appointmentOf, appointmentOfDraft, appointmentProperties } from './ews-appointments.ts';
import { applyContactPatch, contactOf, contactOfDraft, contactProperties } from './ews-contacts.ts';
import type { ItemContext } from './ews-item-values.ts';
import type { EwsLibrary } from './ews-library.ts';
import { applyTaskPatch, taskOf, taskOfDraft, taskProperties } from './ews-tasks.ts';

/** A new item for CreateItem. */
export function itemOfDraft(context: ItemContext, service: ExchangeService, draft: ItemDraft): Item {
  switch (draft.kind) {
    case 'appointment':
      return appointmentOfDraft(context, service, draft);
    case 'task':
      return taskOfDraft(context, service, draft);
    case 'contact':
      return contactOfDraft(context, service, draft);
    default:
      return draft satisfies never;
  }
}

/** The library lets nobody make an item with an id; this is how it does so itself when it reads one. */
function known<T extends Item>(item: T, ref: ItemRef): T {
  const internal = item as unknown as { LoadFromXmlJsObject(from: object, service: unknown, clear: boolean): void };
  internal.LoadFromXmlJsObject({ ItemId: { Id: ref.itemId, ChangeKey: ref.changeKey } }, item.Service, true);
  return item;
}

/** An item for UpdateItem, known by its reference alone: nothing is read for it. */
export function itemOfPatch(context: ItemContext, service: ExchangeService, ref: ItemRef, patch: ItemPatch): Item {
  const { Appointment, Task, Contact } = context.library;
  switch (patch.kind) {
    case 'appointment': {
      const item = known(new Appointment(service), ref);
      applyAppointmentPatch(context, item, patch);
      return item;
    }
    case 'task': {
      const item = known(new Task(service), ref);
      applyTaskPatch(context, item, patch);
      return item;
    }
    case 'contact': {
      const item = known(new Contact(service), ref);
      applyContactPatch(context, item, patch);
      return item;
    }
    default:
      return patch satisfies never;
  }
}

const propertiesOf = { appointment: appointmentProperties, task: taskProperties, contact: contactProperties } as const;

/** The properties a read asks for: no more than the domain knows. */
export function readingProperties(library: EwsLibrary, kind: ItemKind, body = true): PropertySet {
  return new library.PropertySet(library.BasePropertySet.IdOnly, propertiesOf[kind](library, body));
}

/** An item of the library as the domain knows it. Throws SyncError for what must not or cannot be read. */
export function itemOf(context: ItemContext, kind: ItemKind, item: unknown, privacy: 'skip' | 'busyOnly'): SyncItem {
  switch (kind) {
    case 'appointment':
      return appointmentOf(context, item, privacy);
    case 'task':
      return taskOf(context, item);
    case 'contact':
      return contactOf(context, item);
    default:
      return kind satisfies never;
  }
}
