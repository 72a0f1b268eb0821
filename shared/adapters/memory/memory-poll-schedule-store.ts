import type { Erasable } from '../../ports/erasable.ts';
import type { PollSchedule, PollScheduleStore } from '../../ports/poll-schedule-store.ts';
import { memoryRows, saveRow } from './memory-rows.ts';

/** When mailboxes are due, in this process's memory. */
export function memoryPollScheduleStore(): PollScheduleStore & Erasable {
  const rows = memoryRows<PollSchedule>();
  return {
    find: async ({ organizationId, mailboxId }) => rows.find(organizationId, mailboxId),
    listDue: async (organization, now) =>
      rows
        .list(organization)
        .map((row) => row.value)
        .filter((schedule) => Date.parse(schedule.dueAt) <= Date.parse(now))
        .sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt)),
    save: async ({ organizationId, mailboxId }, schedule, etag) =>
      saveRow(rows, 'the schedule', organizationId, mailboxId, schedule, etag),
    async remove({ organizationId, mailboxId }) {
      rows.remove(organizationId, mailboxId);
    },
    eraseMailbox: async ({ organizationId, mailboxId }) => (rows.remove(organizationId, mailboxId) ? 1 : 0),
    eraseOrganization: async (organization) => rows.removeMatching((partition) => partition === organization),
  };
}
