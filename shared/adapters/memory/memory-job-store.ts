import { keys } from '../../domain/keys.ts';
import type { MailboxJob } from '../../domain/mailbox-job.ts';
import { isUnfinished, largestJobPart } from '../../domain/mailbox-job.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { isOfMailbox, isOfMailboxesOf } from './memory-erasure.ts';
import { memoryRows, saveRow } from './memory-rows.ts';

/** Jobs and their parts in this process's memory. */
export function memoryJobStore(): JobStore & Erasable {
  const jobs = memoryRows<MailboxJob>();
  const parts = memoryRows<string>();
  const newestFirst = (a: MailboxJob, b: MailboxJob) => Date.parse(b.createdAt) - Date.parse(a.createdAt);
  return {
    save: async (job, etag) =>
      saveRow(jobs, 'the job', job.organizationId, keys.jobRow(job.mailboxId, job.id), job, etag),
    find: async ({ organizationId, mailboxId }, id) => jobs.find(organizationId, keys.jobRow(mailboxId, id)),
    list: async (organization, { mailboxId, kind } = {}) =>
      jobs
        .list(organization)
        .map((row) => row.value)
        .filter((job) => mailboxId === undefined || job.mailboxId === mailboxId)
        .filter((job) => kind === undefined || job.kind === kind)
        .sort(newestFirst),
    listUnfinished: async (organization) =>
      jobs
        .list(organization)
        .map((row) => row.value)
        .filter(isUnfinished)
        .sort((a, b) => newestFirst(b, a)),
    async savePart({ organizationId, mailboxId }, jobId, number, json) {
      if (Buffer.byteLength(json, 'utf8') > largestJobPart) {
        throw new RangeError(`Part ${number} of the job has more than 60 KiB.`);
      }
      parts.put(keys.jobParts(organizationId, mailboxId, jobId), keys.jobPartRow(number), json);
    },
    async *readParts({ organizationId, mailboxId }, jobId) {
      for (const { value } of parts.list(keys.jobParts(organizationId, mailboxId, jobId))) yield value;
    },
    async remove({ organizationId, mailboxId }, jobId) {
      const own = keys.jobParts(organizationId, mailboxId, jobId);
      parts.removeMatching((partition) => partition === own);
      jobs.remove(organizationId, keys.jobRow(mailboxId, jobId));
    },
    eraseMailbox: async (mailbox) =>
      parts.removeMatching((partition) => isOfMailbox(mailbox, partition)) +
      jobs.removeMatching(
        (partition, _row, job) => partition === mailbox.organizationId && job.mailboxId === mailbox.mailboxId,
      ),
    eraseOrganization: async (organization) =>
      parts.removeMatching((partition) => isOfMailboxesOf(organization, partition)) +
      jobs.removeMatching((partition) => partition === organization),
  };
}
