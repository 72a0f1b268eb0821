import type { TableClient } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import { keys } from '../../domain/keys.ts';
import { Quarantine } from '../../domain/quarantine.ts';
import type { BrakeStore } from '../../ports/brake-store.ts';
import type { Erasable } from '../../ports/erasable.ts';
import { StoreConflict } from '../../ports/stored.ts';
import { inMailbox, inMailboxesOf, inPartitions, inRows, removeMatching } from './remove-rows.ts';
import type { ReadRow, TableRow } from './table-rows.ts';
import { findRow, insertRow, queryRows, replaceRow, valuesOf } from './table-rows.ts';

/** Attempts to write over others who write the same row at the same moment. */
const mostAttempts = 50;

/** Quarantines in the partition of their mailbox, where there are few; its counters in one beside it. */
export function tableBrakeStore(table: TableClient): BrakeStore & Erasable {
  return {
    async quarantine(quarantine) {
      const row = quarantineRow(quarantine);
      for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
        const before = await findRow(table, row.partitionKey, row.rowKey);
        if (before?.['active'] === true) return;
        if (await written(table, 'the quarantine', row, before)) return;
      }
      throw new StoreConflict('the quarantine');
    },
    findFor(mailbox, recordId) {
      const ofMailbox = inRows(keys.quarantinesOf(undefined));
      const rows = recordId === undefined ? ofMailbox : `((${ofMailbox}) or (${inRows(keys.quarantinesOf(recordId))}))`;
      const active = queryRows(table, `${inMailbox(mailbox)} and ${rows} and active eq true`);
      return valuesOf(active, (row) => ({ value: Quarantine.parse(row), etag: row.etag }));
    },
    listActive(mailbox) {
      const active = queryRows(table, `${inMailbox(mailbox)} and ${inRows(keys.quarantines)} and active eq true`);
      return valuesOf(active, (row) => ({ value: Quarantine.parse(row), etag: row.etag }));
    },
    async list(organization) {
      const rows = queryRows(table, `${inMailboxesOf(organization)} and ${inRows(keys.quarantines)}`);
      const all = await valuesOf(rows, (row) => Quarantine.parse(row));
      return all.sort((a, b) => Date.parse(b.since) - Date.parse(a.since));
    },
    async release({ value, etag }, releasedAt, releasedBy) {
      await replaceRow(table, 'the quarantine', quarantineRow({ ...value, releasedAt, releasedBy }), etag);
    },
    async add(mailbox, counter, hour, by) {
      const place = counterPlace(mailbox, counter, hour);
      for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
        const before = await findRow(table, place.partitionKey, place.rowKey);
        const total = totalOf(before) + by;
        if (await written(table, 'the counter', { ...place, total }, before)) return total;
      }
      throw new StoreConflict('the counter');
    },
    async total(mailbox, counter, hour) {
      const { partitionKey, rowKey } = counterPlace(mailbox, counter, hour);
      return totalOf(await findRow(table, partitionKey, rowKey, ['total']));
    },
    async removeOlderThan(organization, at) {
      const place = inMailboxesOf(organization);
      const counters = await removeMatching(table, `${place} and ${inRows(keys.countersBefore(at))}`);
      const released = odata`released lt ${new Date(at)}`;
      return counters + (await removeMatching(table, `${place} and ${inRows(keys.quarantines)} and ${released}`));
    },
    async eraseMailbox(mailbox) {
      const counters = inPartitions(keys.partitionsOf(mailbox.organizationId, mailbox.mailboxId));
      return (await removeMatching(table, inMailbox(mailbox))) + (await removeMatching(table, counters));
    },
    eraseOrganization: (organization) => removeMatching(table, inMailboxesOf(organization)),
  };
}

function quarantineRow(quarantine: Quarantine): TableRow {
  const { organizationId, mailboxId, recordId, brake, releasedAt } = quarantine;
  return {
    partitionKey: keys.mailbox(organizationId, mailboxId),
    rowKey: keys.quarantineRow(recordId, brake),
    ...quarantine,
    active: releasedAt === undefined,
    released: releasedAt === undefined ? undefined : new Date(releasedAt),
  };
}

const counterPlace = ({ organizationId, mailboxId }: MailboxKey, counter: string, hour: string) => ({
  partitionKey: keys.counters(organizationId, mailboxId),
  rowKey: keys.counterRow(counter, hour),
});

const totalOf = (row: ReadRow | undefined): number => Number(row?.['total'] ?? 0);

/** Whether the row was written over what was read; not when somebody else was faster. */
async function written(table: TableClient, what: string, row: TableRow, before: ReadRow | undefined): Promise<boolean> {
  if (before === undefined) return (await insertRow(table, row)) !== undefined;
  try {
    await replaceRow(table, what, row, before.etag);
    return true;
  } catch (error) {
    if (error instanceof StoreConflict) return false;
    throw error;
  }
}
