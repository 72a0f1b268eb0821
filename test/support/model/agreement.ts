import type { MemoryItem } from '../../../shared/adapters/memory/memory-exchange-items.ts';
import { canonicalLine } from '../../../shared/domain/canonical-text.ts';
import type { ItemId, MailboxId, RecordId } from '../../../shared/domain/ids.ts';
import { isLive } from '../../../shared/domain/item.ts';
import { notesOf } from '../../../shared/domain/links-block.ts';
import { rulesOf } from '../../../shared/domain/rules-of.ts';
import type { SyncRecord } from '../../../shared/domain/sync-record.ts';
import { contoso } from '../engine-world.ts';
import { demand } from './invariants.ts';
import { stampText } from './ledger.ts';
import { isWanted, itemsOf, type Model, mailboxes, profileOf, recordOf, recordsOf } from './model.ts';

const mailboxOf = ({ ownerId }: SyncRecord) => `mailbox-${ownerId}` as MailboxId;
const isPrivate = (item: MemoryItem) => 'sensitivity' in item && item.sensitivity === 'private';
/** A reminder is for what is to come, a series and an answer have tests of their own. */
const notCompared = new Set(['reminder', 'responses', 'series']);

/** I15: both sides hold the same: for each record that is wanted its item in the mailbox of its owner, nowhere else, and no other. */
export async function checkAgreement(model: Model): Promise<void> {
  const { world } = model;
  const profile = await profileOf(world);
  for (const record of recordsOf(world)) await checkRecord(model, record);
  for (const mailboxId of mailboxes) {
    for (const item of itemsOf(world, mailboxId).filter(isLive)) {
      if (isPrivate(item)) continue;
      const { stamp } = item;
      const record = stamp && recordOf(world, stamp.recordId);
      if (stamp?.mailboxId === mailboxId && record !== undefined && isWanted(record) && mailboxOf(record) === mailboxId)
        continue;
      demand(
        'I15',
        isLeftAlone(model, item, profile.contactCategory),
        () => `${text(item)} in ${mailboxId} has no record`,
      );
    }
  }
}

/** The user's own, or taken back or copied by its user when its record was gone, or of a record that was deleted before it was mapped. */
function isLeftAlone({ ledger, observer }: Model, item: MemoryItem, contactCategory: string): boolean {
  if (item.stamp === undefined)
    return (
      (item.kind === 'contact' && !item.categories.includes(contactCategory)) || (item.kind === 'task' && item.complete)
    );
  const { recordId } = item.stamp;
  if (ledger.deletedInCrm.has(recordId) && !observer.mapped.has(recordId)) return true;
  return ledger.restored.has(recordId) || ledger.doubledByPeople.has(stampText(item.stamp));
}

async function checkRecord({ world, ledger }: Pick<Model, 'world' | 'ledger'>, record: SyncRecord): Promise<void> {
  const home = mailboxOf(record);
  const everywhere = mailboxes.flatMap((mailboxId) =>
    itemsOf(world, mailboxId)
      .filter(({ stamp }) => stamp?.recordId === record.id && stamp.mailboxId === mailboxId)
      .map((item) => ({ mailboxId, item })),
  );
  const live = everywhere.filter(({ item }) => isLive(item));
  const strays = live.filter(
    ({ mailboxId }) => mailboxId !== home && !ledger.doubledByPeople.has(stampText({ mailboxId, recordId: record.id })),
  );
  demand(
    'I2',
    strays.length === 0 || ledger.restored.has(record.id),
    () => `${record.id} has an item in a mailbox that is not its home`,
  );
  const here = live.filter(({ mailboxId }) => mailboxId === home).map(({ item }) => item);
  const mapped = await mappedItemOf(world, record, home);
  const mine = here.find(({ itemId }) => itemId === mapped) ?? here[0];
  const copies = ledger.doubledByPeople.get(stampText({ mailboxId: home, recordId: record.id })) ?? 0;
  if (!isWanted(record)) {
    const isTheirs = copies > 0 || ledger.restored.has(record.id);
    demand('I4', mine === undefined || isTheirs, () => `${record.id} was called off and has an item`);
    return;
  }
  // Copies that people made are told apart once both lie where the feed tells of them; some are the user's own.
  const most = here.some(({ place, kind }) => place === 'elsewhere' || kind !== 'appointment') ? 1 + copies : 1;
  demand('I2', here.length <= most, () => `${record.id} has ${here.length} items`);
  const archived = everywhere.some(({ item }) => item.place === 'archive');
  if (mine === undefined) {
    const isDone = record.kind === 'activity' && record.status === 'completed';
    const leftOut = record.kind === 'activity' && ledger.leftOut.has(record.type);
    const may = archived || leftOut || (isDone && record.allDay);
    demand('I1', may, () => `${record.id} has no item`);
    return;
  }
  await checkSame({ world, ledger }, record, mine);
}

async function checkSame(
  { world, ledger }: Pick<Model, 'world' | 'ledger'>,
  record: SyncRecord,
  item: MemoryItem,
): Promise<void> {
  const { organizationId, mailboxId } = { organizationId: contoso, mailboxId: mailboxOf(record) };
  const mapping = (await world.stores.mappings.findByRecords({ organizationId, mailboxId }, [record.id])).get(
    record.id,
  );
  demand('I15', mapping?.value.state === 'live', () => `${record.id} is not mapped`);
  demand('I15', mapping?.value.kind === item.kind, () => `${record.id} is mapped as ${mapping?.value.kind}`);
  const rules = rulesOf(item.kind);
  const ofTask = item.kind === 'task' && (ledger.directed.has('subject') || ledger.directed.has('notes'));
  for (const field of rules.fields) {
    if (notCompared.has(field) || ledger.directed.has(field) || (ofTask && (field === 'subject' || field === 'notes')))
      continue;
    demand(
      'I15',
      rules.sameField(field, record, item),
      () => `${field} of ${record.id}: ${text(record)} is not ${text(item)}`,
    );
  }
  if (record.kind === 'activity' && item.kind === 'appointment' && !ledger.directed.has('subject'))
    demand('I15', canonicalLine(record.subject) === canonicalLine(item.subject), () => `subject of ${record.id}`);
  if (record.kind === 'activity' && item.kind === 'appointment' && !ledger.directed.has('notes'))
    demand('I15', notesOf(record.description) === notesOf(item.bodyText), () => `notes of ${record.id}`);
  // What is over must not ring.
  if (record.kind === 'activity' && item.kind === 'appointment' && record.status === 'completed')
    demand(
      'I15',
      item.reminderMinutes === null || ledger.restored.has(record.id),
      () => `${record.id} is completed and rings`,
    );
}

const text = (side: SyncRecord | MemoryItem): string => JSON.stringify(side);

async function mappedItemOf(
  { stores }: Model['world'],
  { id }: SyncRecord,
  mailboxId: MailboxId,
): Promise<ItemId | undefined> {
  const found = (await stores.mappings.findByRecords({ organizationId: contoso, mailboxId }, [id])).get(id)?.value;
  return found?.state === 'live' ? found.itemId : undefined;
}

/** The last version of the record that a history ends with, for what comes after. */
export const liveItemOf = ({ world }: Model, id: RecordId, mailboxId: MailboxId): MemoryItem | undefined =>
  itemsOf(world, mailboxId).find(
    (item) => item.place === 'folder' && item.stamp?.recordId === id && item.stamp.mailboxId === mailboxId,
  );
