import type { TableClient } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import { keys } from '../../domain/keys.ts';
import { largestJobPart, MailboxJob } from '../../domain/mailbox-job.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { inMailboxesOf, inOrganization, inPartitions, inRows, removeMatching } from './remove-rows.ts';
import type { ReadRow, TableRow } from './table-rows.ts';
import { findRow, listRows, putRow, queryRows, removeRow, saveRow, valuesOf } from './table-rows.ts';

/** Jobs of one organization share a partition, so that those unfinished are one query; the parts of each have one of their own. */
export function tableJobStore(jobs: TableClient, parts: TableClient): JobStore & Erasable {
  const partsOf = ({ organizationId, mailboxId }: MailboxKey, jobId: string) =>
    keys.jobParts(organizationId, mailboxId, jobId);

  return {
    save: (job, etag) => saveRow(jobs, 'the job', jobRow(job), etag),
    async find({ organizationId, mailboxId }, id) {
      const row = await findRow(jobs, organizationId, keys.jobRow(mailboxId, id));
      return row === undefined ? undefined : { value: toJob(row), etag: row.etag };
    },
    async list(organization, { mailboxId, kind } = {}) {
      const ofMailbox = mailboxId === undefined ? '' : ` and ${inRows(keys.rowsOfMailbox(mailboxId))}`;
      const ofKind = kind === undefined ? '' : odata` and kind eq ${kind}`;
      const found = await valuesOf(queryRows(jobs, `${inOrganization(organization)}${ofMailbox}${ofKind}`), toJob);
      return found.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
    },
    async listUnfinished(organization) {
      const open = `${inOrganization(organization)} and (state eq 'waiting' or state eq 'running')`;
      const found = await valuesOf(queryRows(jobs, open), toJob);
      return found.sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
    },
    async savePart(mailbox, jobId, number, json) {
      const bytes = Buffer.from(json, 'utf8');
      if (bytes.length > largestJobPart) throw new RangeError(`Part ${number} of the job has more than 60 KiB.`);
      await putRow(parts, { partitionKey: partsOf(mailbox, jobId), rowKey: keys.jobPartRow(number), json: bytes });
    },
    async *readParts(mailbox, jobId) {
      for await (const row of listRows(parts, partsOf(mailbox, jobId))) {
        yield Buffer.from(row['json'] as Uint8Array).toString('utf8');
      }
    },
    async remove(mailbox, jobId) {
      await removeMatching(parts, odata`PartitionKey eq ${partsOf(mailbox, jobId)}`);
      await removeRow(jobs, mailbox.organizationId, keys.jobRow(mailbox.mailboxId, jobId));
    },
    async eraseMailbox({ organizationId, mailboxId }) {
      const removed = await removeMatching(parts, inPartitions(keys.partitionsOf(organizationId, mailboxId)));
      const own = `${inOrganization(organizationId)} and ${inRows(keys.rowsOfMailbox(mailboxId))}`;
      return removed + (await removeMatching(jobs, own));
    },
    async eraseOrganization(organization) {
      const removed = await removeMatching(parts, inMailboxesOf(organization));
      return removed + (await removeMatching(jobs, inOrganization(organization)));
    },
  };
}

function jobRow(job: MailboxJob): TableRow {
  const { progress, counts, ...columns } = job;
  return {
    partitionKey: job.organizationId,
    rowKey: keys.jobRow(job.mailboxId, job.id),
    ...columns,
    progress: JSON.stringify(progress),
    counts: JSON.stringify(counts),
  };
}

function toJob(row: ReadRow): MailboxJob {
  const nested = { progress: parse(row['progress']), counts: parse(row['counts']) };
  return MailboxJob.parse({ ...row, ...nested });
}

const parse = (json: unknown): unknown => JSON.parse(String(json));
