import type { TableClient } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import { z } from 'zod';
import { MailboxId, ProfileId } from '../../domain/ids.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { PollSchedule, PollScheduleStore } from '../../ports/poll-schedule-store.ts';
import { inOrganization, removeMatching } from './remove-rows.ts';
import type { ReadRow } from './table-rows.ts';
import { findRow, queryRows, removeRow, saveRow, valuesOf } from './table-rows.ts';

const Row = z.object({
  mailboxId: MailboxId,
  profileId: ProfileId,
  dueAt: z.string(),
  leaseUntil: z.string().nullish(),
  lastPolledAt: z.string().nullish(),
  lastChangeAt: z.string().nullish(),
  lastCheckedAt: z.string().nullish(),
});

const columns = Object.keys(Row.shape);

/** Schedules of one organization share a partition, so that those due are one query; the server does the filtering. */
export function tablePollScheduleStore(table: TableClient): PollScheduleStore & Erasable {
  return {
    async find({ organizationId, mailboxId }) {
      const row = await findRow(table, organizationId, mailboxId);
      return row === undefined ? undefined : { value: toSchedule(row), etag: row.etag };
    },
    async listDue(organization, now) {
      const due = odata`PartitionKey eq ${organization} and due le ${new Date(now)}`;
      const schedules = await valuesOf(queryRows(table, due, columns), toSchedule);
      return schedules.sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt));
    },
    save({ organizationId, mailboxId }, schedule, etag) {
      const place = { partitionKey: organizationId, rowKey: mailboxId };
      return saveRow(table, 'the schedule', { ...place, ...schedule, due: new Date(schedule.dueAt) }, etag);
    },
    async remove({ organizationId, mailboxId }) {
      await removeRow(table, organizationId, mailboxId);
    },
    eraseMailbox: async ({ organizationId, mailboxId }) =>
      (await removeRow(table, organizationId, mailboxId)) === undefined ? 1 : 0,
    eraseOrganization: (organization) => removeMatching(table, inOrganization(organization)),
  };
}

/** Columns that a row lacks come as null when they were asked for. */
function toSchedule(row: ReadRow): PollSchedule {
  const { mailboxId, profileId, dueAt, leaseUntil, lastPolledAt, lastChangeAt, lastCheckedAt } = Row.parse(row);
  return {
    mailboxId,
    profileId,
    dueAt,
    ...(leaseUntil ? { leaseUntil } : {}),
    ...(lastPolledAt ? { lastPolledAt } : {}),
    ...(lastChangeAt ? { lastChangeAt } : {}),
    ...(lastCheckedAt ? { lastCheckedAt } : {}),
  };
}
