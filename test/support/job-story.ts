import type { MailboxId } from '../../shared/domain/ids.ts';
import type { JobInput } from '../../shared/domain/job-cursor.ts';
import type { JobKind, MailboxJob } from '../../shared/domain/mailbox-job.ts';
import { PlanPart } from '../../shared/domain/plan-line.ts';
import { type Started, startMailboxJob } from '../../shared/sync/jobs/start-mailbox-job.ts';
import { engineStory, minutes } from './engine-story.ts';
import { contoso, type PortCall, rep1, type WorldOptions } from './engine-world.ts';

const writesOf: Readonly<Record<string, readonly string[]>> = {
  exchange: ['createItems', 'updateItems', 'deleteItems'],
  crm: ['createRecord', 'updateRecord', 'deleteRecord'],
};

/** A story with jobs, and with every write at Exchange and at the CRM counted. */
export async function jobStory(options: WorldOptions = {}) {
  const writes: PortCall[] = [];
  const before = (call: PortCall) => {
    if (writesOf[call.port]?.includes(call.method)) writes.push(call);
    options.watch?.before?.(call);
  };
  const story = await engineStory({ ...options, watch: { ...options.watch, before } });
  const keyOf = (mailboxId: MailboxId) => ({ organizationId: contoso, mailboxId });
  const { jobs } = story.stores;
  async function job(id: string, mailboxId = rep1): Promise<MailboxJob> {
    const found = await jobs.find(keyOf(mailboxId), id);
    if (found === undefined) throw new Error(`no job ${id}`);
    return found.value;
  }
  const begin = (kind: JobKind, input: JobInput, mailboxId: MailboxId): Promise<Started> =>
    startMailboxJob(story.worker.deps, keyOf(mailboxId), { kind, by: 'admin-1', input });
  return {
    ...story,
    writes,
    writesTo: (port: string, method: string) =>
      writes.filter((call) => call.port === port && call.method === method).length,
    start: (kind: JobKind, input: JobInput = {}, mailboxId = rep1): Promise<Started> => begin(kind, input, mailboxId),
    job,
    /** Starts a job and lets all that follows come to rest. */
    async done(kind: JobKind, input: JobInput = {}, ms = 2 * minutes, mailboxId = rep1): Promise<MailboxJob> {
      const { id } = (await begin(kind, input, mailboxId)).job;
      await story.run(ms);
      return job(id, mailboxId);
    },
    /** Does a job and nothing else: no message that it sends is taken. */
    async alone(kind: JobKind, input: JobInput = {}, mailboxId = rep1): Promise<MailboxJob> {
      const { id } = (await begin(kind, input, mailboxId)).job;
      for (;;) {
        const message = story.jobMessages.take();
        if (message === undefined) return job(id, mailboxId);
        await story.worker.handleJob(message);
      }
    },
    async plan(id: string, mailboxId = rep1): Promise<PlanPart> {
      const lines: PlanPart = [];
      for await (const part of jobs.readParts(keyOf(mailboxId), id)) lines.push(...PlanPart.parse(JSON.parse(part)));
      return lines;
    },
    reviews: () => story.stores.reviews.list(contoso, { undecided: true }),
    liveMappings: async (mailboxId = rep1) => {
      const rows = [];
      for await (const { value } of story.stores.mappings.listLive(keyOf(mailboxId))) rows.push(value);
      return rows;
    },
  };
}

export type JobStory = Awaited<ReturnType<typeof jobStory>>;
