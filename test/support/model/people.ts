import type { CrmEdit } from '../../../shared/adapters/memory/memory-crm-records.ts';
import type { AnyMemoryFields, MemoryItem } from '../../../shared/adapters/memory/memory-exchange-items.ts';
import type { Activity } from '../../../shared/domain/activity.ts';
import type { MailboxId } from '../../../shared/domain/ids.ts';
import type { ItemPlace } from '../../../shared/domain/item.ts';
import type { SyncRecord } from '../../../shared/domain/sync-record.ts';
import { countUp, noteCrm, noteExchange, stampText } from './ledger.ts';
import { itemsOf, liveItems, type Model, mailboxes, recordsOf, userOf } from './model.ts';
import { canary, guestDomain, privateCanary } from './observer.ts';

/** Chooses among what is there. */
export const pick = <T>(all: readonly T[], at: number): T | undefined =>
  all.length === 0 ? undefined : all[at % all.length];
export const mailboxBy = (value: number): MailboxId => mailboxes[value % 2] ?? mailboxes[0];

const text = (value: number) => `${canary} ${value}`;
const day = 86_400_000;
/** Some day of the next two weeks at some full hour, and an hour later. */
function someTime({ world }: Model, value: number): { start: string; end: string } {
  const start =
    Math.floor(world.clock.now().getTime() / day) * day + (1 + (value % 14)) * day + (value % 24) * 3_600_000;
  return { start: new Date(start).toISOString(), end: new Date(start + 3_600_000).toISOString() };
}

/** Each kind of activity that a CRM may hold. */
function newActivity(model: Model, value: number): CrmEdit {
  const common = { ownerId: userOf(mailboxBy(value)), subject: text(value), description: `Agenda ${canary}` };
  const { start } = someTime(model, value);
  const midnight = `${start.slice(0, 10)}T00:00:00.000Z`;
  const nextDay = new Date(Date.parse(midnight) + day).toISOString();
  switch (value % 6) {
    case 0:
      return { ...common, allDay: true, start: midnight, end: nextDay };
    case 1:
      return { ...common, ...someTime(model, value), attendees: [guest(model)] };
    case 2:
      return { ...common, ...someTime(model, value), type: 'Call', reminderMinutes: value % 60, showAs: 'busy' };
    case 3:
      // Exchange moves the edges of an all-day event to midnight.
      return { ...common, type: 'Day', allDay: true, start: `${start.slice(0, 10)}T05:00:00.000Z`, end: nextDay };
    default:
      return common;
  }
}

/** A guest of an address that nobody else has, so that each mail tells which meeting it was for. */
const guest = ({ ledger }: Model) => ({
  email: `${canary}-${ledger.made}@${guestDomain}`,
  name: '',
  role: 'required' as const,
  response: 'none' as const,
});

export function crmCreate(model: Model, value: number): void {
  model.ledger.made += 1;
  noteCrm(model.ledger, model.world.crm.control.create(newActivity(model, value)).id);
}

export function crmCreateContact(model: Model, value: number): void {
  const { ledger, world } = model;
  ledger.made += 1;
  const name = { givenName: text(value), emails: [`${canary}${value}@${guestDomain}`], company: text(value) };
  noteCrm(ledger, world.crm.control.createContact({ ownerId: userOf(mailboxBy(value)), ...name }).id);
}

function editOf(model: Model, record: Activity, value: number): CrmEdit {
  switch (value % 5) {
    case 0:
      return { description: text(value) };
    case 1:
      return { location: text(value) };
    case 2:
      return record.allDay ? { subject: text(value) } : someTime(model, value);
    default:
      return { subject: text(value) };
  }
}

export function crmEdit(model: Model, at: number, value: number): void {
  const { control } = model.world.crm;
  const record = pick(recordsOf(model.world), at);
  if (record === undefined) return;
  noteCrm(model.ledger, record.id);
  if (record.kind === 'activity') control.update(record.id, editOf(model, record, value));
  else control.updateContact(record.id, value % 2 === 0 ? { company: text(value) } : { notes: text(value) });
}

export function crmDelete({ world, ledger }: Model, at: number): void {
  const record = pick(recordsOf(world), at);
  if (record === undefined) return;
  noteCrm(ledger, record.id);
  ledger.deletedInCrm.set(record.id, world.crm.control.delete(record.id));
}

export function crmRestore({ world, ledger }: Model, at: number): void {
  const gone = pick(
    [...ledger.deletedInCrm.keys()].filter((id) => !recordsOf(world).some((record) => record.id === id)),
    at,
  );
  if (gone === undefined) return;
  ledger.made += 1;
  noteCrm(ledger, gone);
  ledger.deletedInCrm.delete(gone);
  world.crm.control.restore(gone);
}

/** From a status to another, or back to open. */
export function crmStatus({ world, ledger }: Model, at: number, status: 'cancelled' | 'completed'): void {
  const record = pick(world.crm.control.records(), at);
  if (record === undefined) return;
  noteCrm(ledger, record.id);
  ledger.cancelled.add(record.id);
  world.crm.control.update(record.id, { status: record.status === status ? 'open' : status });
}

export function crmOwner({ world, ledger }: Model, at: number): void {
  const record: SyncRecord | undefined = pick(recordsOf(world), at);
  if (record === undefined) return;
  noteCrm(ledger, record.id);
  ledger.ownersChanged.add(record.id);
  const ownerId = record.ownerId === 'rep1' ? userOf(mailboxBy(1)) : userOf(mailboxBy(0));
  if (record.kind === 'activity') world.crm.control.update(record.id, { ownerId });
  else world.crm.control.updateContact(record.id, { ownerId });
}

export function outlookCreate(model: Model, value: number, kind: 'appointment' | 'task' | 'contact' | 'private'): void {
  const { world, ledger } = model;
  const { control } = world.exchange;
  const mailbox = mailboxBy(value);
  ledger.made += 1;
  noteExchange(ledger, undefined);
  const subject = text(value);
  if (kind === 'appointment') control.userCreates(mailbox, { subject, ...someTime(model, value) });
  if (kind === 'private')
    control.userCreates(mailbox, { subject: privateCanary, sensitivity: 'private', ...someTime(model, value) });
  if (kind === 'task') {
    const dueDate = someTime(model, value).start.slice(0, 10) as never;
    control.userCreatesTask(mailbox, { subject, dueDate, bodyText: value % 2 === 0 ? text(value + 1) : '' });
  }
  // Without the category it is the user's own.
  if (kind === 'contact')
    control.userCreatesContact(mailbox, { givenName: subject, categories: value % 4 === 3 ? [] : ['CRM'] });
}

/** Items that the feed tells of: in their folder, and not private. What happens elsewhere is seen when it comes back. */
const seenItems = (model: Model, mailbox: MailboxId): MemoryItem[] =>
  liveItems(model.world, mailbox).filter(
    (item) => item.place === 'folder' && !('sensitivity' in item && item.sensitivity === 'private'),
  );

function fieldsOf(model: Model, item: MemoryItem, value: number): AnyMemoryFields {
  if (item.kind === 'contact')
    return [{ company: text(value) }, { bodyText: text(value) }, { emails: [`${canary}${value}@${guestDomain}`] }][
      value % 3
    ] as AnyMemoryFields;
  if (item.kind === 'task')
    return [{ complete: !item.complete }, { bodyText: text(value) }, { subject: text(value) }][
      value % 3
    ] as AnyMemoryFields;
  return [
    { location: text(value) },
    { bodyText: text(value) },
    item.allDay ? { location: text(value) } : someTime(model, value),
    { subject: text(value) },
  ][value % 4] as AnyMemoryFields;
}

export function outlookEdit(model: Model, at: number, value: number): void {
  const mailbox = mailboxBy(value);
  const item = pick(seenItems(model, mailbox), at);
  if (item === undefined) return;
  noteExchange(model.ledger, item.stamp);
  model.world.exchange.control.userEdits(mailbox, item.itemId, fieldsOf(model, item, value));
}

export function outlookDelete(model: Model, at: number, value: number, how: 'delete' | 'purge'): void {
  const { world, ledger } = model;
  const mailbox = mailboxBy(value);
  const item = pick(seenItems(model, mailbox), at);
  if (item === undefined) return;
  noteExchange(ledger, item.stamp);
  if (item.stamp === undefined) ledger.unstampedDeletions += 1;
  else ledger.deletedInExchange.add(item.stamp.recordId);
  if (how === 'delete') world.exchange.control.userDeletes(mailbox, item.itemId);
  else world.exchange.control.userPurges(mailbox, item.itemId);
}

/** Everything there is: no reading of an empty folder, but a user's own wish. */
export function outlookDeleteAll(model: Model, mailbox: MailboxId): void {
  const parity = mailboxBy(0) === mailbox ? 0 : 1;
  for (const _item of seenItems(model, mailbox)) outlookDelete(model, 0, parity, 'delete');
}

/** Another folder and back, or the archive and back. */
export function outlookMove({ world, ledger }: Model, at: number, value: number, away: ItemPlace): void {
  const mailbox = mailboxBy(value);
  const ours = itemsOf(world, mailbox).filter(
    ({ stamp, place }) => stamp !== undefined && (place === 'folder' || place === away),
  );
  const item = pick(ours, at);
  if (item === undefined) return;
  noteExchange(ledger, item.stamp);
  // What comes out of the archive after its record has gone elsewhere is left to its user.
  if (item.place === 'archive' && item.stamp !== undefined) ledger.restored.add(item.stamp.recordId);
  world.exchange.control.userMoves(mailbox, item.itemId, item.place === 'folder' ? away : 'folder');
}

/** Takes an item back out of Deleted Items. */
export function outlookRestore({ world, ledger }: Model, at: number, value: number): void {
  const mailbox = mailboxBy(value);
  const item = pick(
    itemsOf(world, mailbox).filter(({ place }) => place === 'deletedItems'),
    at,
  );
  if (item === undefined) return;
  ledger.made += 1;
  noteExchange(ledger, item.stamp);
  noteDouble(ledger, mailbox, item);
  if (item.stamp !== undefined) ledger.restored.add(item.stamp.recordId);
  world.exchange.control.userMoves(mailbox, item.itemId, 'folder');
}

export function outlookCopy(model: Model, at: number, value: number): void {
  const { world, ledger } = model;
  const mailbox = mailboxBy(value);
  const item = pick(seenItems(model, mailbox), at);
  if (item === undefined) return;
  ledger.made += 1;
  noteExchange(ledger, item.stamp);
  noteDouble(ledger, mailbox, item);
  world.exchange.control.userCopies(mailbox, item.itemId);
}

function noteDouble(ledger: Model['ledger'], mailboxId: MailboxId, { stamp }: MemoryItem): void {
  if (stamp?.mailboxId === mailboxId) countUp(ledger.doubledByPeople, stampText(stamp));
}

/** The change key moves, and nothing else: no work of a person, and nothing may come of it. */
export function exchangeTouches(model: Model, at: number, value: number): void {
  const mailbox = mailboxBy(value);
  const item = pick(seenItems(model, mailbox), at);
  if (item !== undefined) model.world.exchange.control.touch(mailbox, item.itemId);
}
