import type { TableClient } from '@azure/data-tables';
import { RecordId } from '../../domain/ids.ts';
import { JournalEntry } from '../../domain/journal-entry.ts';
import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { JournalStore } from '../../ports/journal-store.ts';
import { inMailbox, inMailboxesOf, inRows, removeMatching } from './remove-rows.ts';
import type { ReadRow, TableRow } from './table-rows.ts';
import { findRow, firstRows } from './table-rows.ts';
import type { WriteGroup } from './table-transactions.ts';
import { writeGroups } from './table-transactions.ts';

const partitionOf = (entry: Pick<JournalEntry, 'organizationId' | 'mailboxId'>) =>
  keys.mailbox(entry.organizationId, entry.mailboxId);

/** Each entry is three rows of its mailbox's partition, changed together: listed by time, listed by record, found by id. */
export function tableJournalStore(table: TableClient): JournalStore & Erasable {
  return {
    async append(entries) {
      const write = async (ofMailbox: ReadonlyMap<string, JournalEntry>) => {
        await writeGroups(table, [...ofMailbox.values()].map(toRows));
      };
      await Promise.all([...byMailbox(entries).values()].map(write));
    },
    async list(mailbox, { limit, recordId, before, since, until }) {
      const range = keys.journalRows(recordId, { since, until, after: before });
      const rows = await firstRows(table, `${inMailbox(mailbox)} and ${inRows(range)}`, limit + 1);
      const entries = rows.slice(0, limit).map(toEntry);
      const last = entries.at(-1);
      return rows.length > limit && last !== undefined
        ? { entries, next: keys.journalPlace(last.at, last.id) }
        : { entries };
    },
    async find(mailbox, id) {
      const lead = await findRow(table, partitionOf(mailbox), keys.journalRow(id));
      if (lead === undefined) return undefined;
      const row = await findRow(table, partitionOf(mailbox), keys.journalByTime(String(lead['at']), id));
      return row === undefined ? undefined : toEntry(row);
    },
    async removeOlderThan(organization, at) {
      const old = inRows(keys.journalRows(undefined, { until: at }));
      let entries = 0;
      await removeMatching(table, `${inMailboxesOf(organization)} and ${old}`, {
        columns: ['id', 'at', 'recordId'],
        alongWith: (row) => {
          entries += 1;
          const [id, begun] = [String(row['id']), String(row['at'])];
          return [keys.journalRow(id), keys.journalByRecord(RecordId.parse(row['recordId']), begun, id)];
        },
      });
      return entries;
    },
    eraseMailbox: (mailbox) => removeMatching(table, inMailbox(mailbox)),
    eraseOrganization: (organization) => removeMatching(table, inMailboxesOf(organization)),
  };
}

/** Entries by mailbox and by id; of two with the same id the later. */
function byMailbox(entries: readonly JournalEntry[]): Map<string, Map<string, JournalEntry>> {
  const mailboxes = new Map<string, Map<string, JournalEntry>>();
  for (const given of entries) {
    const entry = JournalEntry.parse(given);
    const partition = partitionOf(entry);
    mailboxes.set(partition, (mailboxes.get(partition) ?? new Map<string, JournalEntry>()).set(entry.id, entry));
  }
  return mailboxes;
}

function toRows(entry: JournalEntry): WriteGroup {
  const partitionKey = partitionOf(entry);
  const { id, at, recordId, fields, before, after, ...columns } = entry;
  const nested = { fields: JSON.stringify(fields), before: JSON.stringify(before), after: JSON.stringify(after) };
  const row = (rowKey: string): TableRow => ({ partitionKey, rowKey, id, at, recordId, ...columns, ...nested });
  return [
    ['upsert', row(keys.journalByTime(at, id)), 'Replace'],
    ['upsert', row(keys.journalByRecord(recordId, at, id)), 'Replace'],
    ['upsert', { partitionKey, rowKey: keys.journalRow(id), at }, 'Replace'],
  ];
}

function toEntry(row: ReadRow): JournalEntry {
  const nested = { fields: parse(row['fields']), before: parse(row['before']), after: parse(row['after']) };
  return JournalEntry.parse({ ...row, ...nested });
}

const parse = (json: unknown): unknown => JSON.parse(String(json));
