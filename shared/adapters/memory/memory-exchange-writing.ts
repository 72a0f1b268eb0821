import type { AppointmentPatch } from '../../domain/appointment.ts';
import type { Person } from '../../domain/attendee.ts';
import type { BodyPatch } from '../../domain/body-patch.ts';
import type { ItemId, MailboxId } from '../../domain/ids.ts';
import type { ItemKind, ItemRef, Notify } from '../../domain/item.ts';
import { type OccurrenceKey, occurrenceItemId, parseOccurrenceItemId } from '../../domain/occurrence-key.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Series } from '../../domain/recurrence.ts';
import type { ItemDraft, ItemPatch } from '../../domain/sync-item.ts';
import type { MemoryMail } from './memory-exchange-control.ts';
import { brokenOff, itemRefusals } from './memory-exchange-errors.ts';
import type { AnyMemoryFields, MemoryAppointment, MemoryItem, MemoryItems } from './memory-exchange-items.ts';
import { isEmptyPatch, memoryItemWrites } from './memory-item-writes.ts';
import { crossesNeighbours, memoryOccurrence, withOccurrenceChanged, withOccurrenceDeleted } from './memory-series.ts';

type Master = MemoryAppointment & { readonly series: Series };

const refOf = ({ itemId, changeKey }: ItemRef): ItemRef => ({ itemId, changeKey });
const invited = (item: AnyMemoryFields): string[] =>
  'attendees' in item && item.attendees !== undefined ? item.attendees.map(({ email }) => email.toLowerCase()) : [];
const endsBeforeStart = (fields: AnyMemoryFields, item: AnyMemoryFields = {}): boolean => {
  const { start, end } = { ...item, ...fields } as { start?: string; end?: string };
  return start !== undefined && end !== undefined && Date.parse(end) < Date.parse(start);
};

/** The writes of the gateway: to items, and to occurrences of series. */
export function memoryExchangeWriting(
  items: MemoryItems,
  mails: MemoryMail[],
  bodyOf: (patch: BodyPatch) => string,
  /** Mailboxes in which a series is only written half. */
  halfway: ReadonlySet<MailboxId>,
) {
  const writes = memoryItemWrites(bodyOf);

  const tell = (mailboxId: MailboxId, notify: Notify, kind: MemoryMail['kind'], to: readonly string[]) => {
    if (notify === 'all' && to.length > 0) mails.push({ mailboxId, kind, to });
  };
  const tellOfUpdate = (mailboxId: MailboxId, notify: Notify, before: MemoryItem, after: AnyMemoryFields) => {
    if (before.kind !== 'appointment' || !before.ownMeeting) return;
    const had = invited(before);
    const has = 'attendees' in after ? invited(after) : had;
    tell(
      mailboxId,
      notify,
      'invitation',
      has.filter((one) => !had.includes(one)),
    );
    tell(
      mailboxId,
      notify,
      'update',
      has.filter((one) => had.includes(one)),
    );
    tell(
      mailboxId,
      notify,
      'cancellation',
      had.filter((one) => !has.includes(one)),
    );
  };
  const tellOfEnd = (mailboxId: MailboxId, notify: Notify, item: MemoryItem) => {
    if (item.kind === 'appointment' && item.ownMeeting) tell(mailboxId, notify, 'cancellation', invited(item));
  };

  /** What is written of a series before the connection breaks. */
  function halfOf(mailboxId: MailboxId, fields: AnyMemoryFields): AnyMemoryFields | undefined {
    const series = 'series' in fields ? fields.series : undefined;
    if (series === undefined || series.exceptions.length + series.deleted.length === 0) return undefined;
    return halfway.has(mailboxId) ? { ...fields, series: { ...series, exceptions: [], deleted: [] } } : undefined;
  }

  function masterOf(mailboxId: MailboxId, { seriesId }: OccurrenceKey): Master | undefined {
    const master = items.find(mailboxId, seriesId);
    return master?.kind === 'appointment' && master.series !== undefined ? (master as Master) : undefined;
  }

  function updateOccurrence(
    mailboxId: MailboxId,
    ref: ItemRef,
    key: OccurrenceKey,
    patch: AppointmentPatch,
    notify: Notify,
  ): Outcome<ItemRef> {
    const master = masterOf(mailboxId, key);
    const occurrence = master && memoryOccurrence(master, key.originalStart);
    if (master === undefined || occurrence === undefined) return failed(itemRefusals.gone());
    if (master.changeKey !== ref.changeKey) return failed(itemRefusals.changed());
    // An occurrence has no pattern of its own.
    const { series: _series, ...own } = patch;
    const fields = writes.fieldsOfPatch(own, occurrence) ?? {};
    if (endsBeforeStart(fields, occurrence)) return failed(itemRefusals.backwards());
    if (patch.time !== undefined && crossesNeighbours(master, key.originalStart, patch.time.start))
      return failed(itemRefusals.crossing());
    const changed = items.change(mailboxId, master, withOccurrenceChanged(master, occurrence, fields));
    tellOfUpdate(mailboxId, notify, occurrence, fields);
    const itemId = occurrenceItemId(master.itemId, key.originalStart);
    return succeeded({ itemId, changeKey: changed.changeKey });
  }

  /** An occurrence by its id, or any item by its own. */
  function find(mailboxId: MailboxId, itemId: ItemId): MemoryItem | undefined {
    const key = parseOccurrenceItemId(itemId);
    if (key === undefined) return items.find(mailboxId, itemId);
    const master = masterOf(mailboxId, key);
    return master && memoryOccurrence(master, key.originalStart);
  }

  return {
    find,

    create(mailboxId: MailboxId, draft: ItemDraft, notify: Notify, owner: Person): Outcome<ItemRef> {
      const fields = writes.fieldsOfDraft(draft, owner);
      if (endsBeforeStart(fields)) return failed(itemRefusals.backwards());
      tell(mailboxId, notify, 'invitation', invited(fields));
      const half = halfOf(mailboxId, fields);
      const made = items.insert(mailboxId, draft.kind, half ?? fields);
      return half === undefined ? succeeded(refOf(made)) : failed(brokenOff());
    },

    update(mailboxId: MailboxId, ref: ItemRef, patch: ItemPatch, notify: Notify): Outcome<ItemRef> {
      if (isEmptyPatch(patch)) return succeeded(ref);
      const key = parseOccurrenceItemId(ref.itemId);
      if (key !== undefined && patch.kind === 'appointment')
        return updateOccurrence(mailboxId, ref, key, patch, notify);
      const item = items.find(mailboxId, ref.itemId);
      const fields = item && writes.fieldsOfPatch(patch, item);
      if (item === undefined || fields === undefined) return failed(itemRefusals.gone());
      if (item.changeKey !== ref.changeKey) return failed(itemRefusals.changed());
      if (endsBeforeStart(fields, item)) return failed(itemRefusals.backwards());
      tellOfUpdate(mailboxId, notify, item, fields);
      const half = halfOf(mailboxId, fields);
      const changed = items.change(mailboxId, item, half ?? fields);
      return half === undefined ? succeeded(refOf(changed)) : failed(brokenOff());
    },

    remove(mailboxId: MailboxId, kind: ItemKind, ref: ItemRef, notify: Notify): Outcome<void> {
      const key = parseOccurrenceItemId(ref.itemId);
      const item = find(mailboxId, ref.itemId);
      if (item?.kind !== kind) return failed(itemRefusals.gone());
      tellOfEnd(mailboxId, notify, item);
      const master = key && masterOf(mailboxId, key);
      if (key && master) items.change(mailboxId, master, withOccurrenceDeleted(master, key.originalStart));
      else items.move(mailboxId, item, 'deletedItems');
      return succeeded(undefined);
    },
  };
}
