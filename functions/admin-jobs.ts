import { z } from 'zod';
import { decideReview } from '../shared/admin/decide-review.ts';
import { MailboxId } from '../shared/domain/ids.ts';
import { JobInput } from '../shared/domain/job-cursor.ts';
import { isUnfinished, JobKind, type MailboxJob } from '../shared/domain/mailbox-job.ts';
import { PlanPart } from '../shared/domain/plan-line.ts';
import { SyncError } from '../shared/domain/sync-error.ts';
import type { JobDeps } from '../shared/sync/jobs/job-types.ts';
import { startMailboxJob, stopMailboxJob } from '../shared/sync/jobs/start-mailbox-job.ts';
import { type AdminCall, adminRoute, json, notFound, readBody } from './admin-route.ts';
import { problem } from './problem.ts';
import type { Triggers } from './triggers.ts';

/** Who asked, until people sign in: an id, never an address. */
const admin = 'admin';

const StartBody = z.strictObject({
  kind: JobKind.extract(['firstSync', 'sweep', 'dryRun']),
  kinds: JobInput.shape.kinds,
});
const DecideBody = z.strictObject({ decision: z.enum(['same', 'different']) });

/** Jobs of a mailbox: starting one, how far it is, the plan of a dry run and carrying it out; and pairs to decide about. */
export function registerAdminJobs(app: Triggers, deps: JobDeps): void {
  const { jobs, reviews } = deps;
  adminRoute(app, 'mailbox-jobs', ['GET', 'POST'], '/mailboxes/{id}/jobs', async (call) => {
    const key = keyOf(call);
    if (key === undefined) return notFound('mailbox');
    if (call.request.method === 'GET') return json((await jobs.list(call.organization, key)).map(shown));
    if ((await deps.directory.findMailbox(call.organization, key.mailboxId)) === undefined) return notFound('mailbox');
    const { kind, kinds } = await readBody(call.request, StartBody, {});
    const input = kinds === undefined ? {} : { input: { kinds } };
    const { outcome, job } = await startMailboxJob(deps, key, { kind, by: admin, ...input });
    return json(shown(job), outcome === 'started' ? 202 : 200);
  });
  adminRoute(app, 'jobs', ['GET'], '/jobs', async ({ organization, request }) => {
    const kind = JobKind.safeParse(request.query.get('kind'));
    return json((await jobs.list(organization, kind.success ? { kind: kind.data } : {})).map(shown));
  });
  adminRoute(app, 'mailbox-job', ['GET'], '/mailboxes/{id}/jobs/{job}', async (call) => {
    const key = keyOf(call);
    const job = key && (await jobs.find(key, jobOf(call)));
    if (key === undefined || job === undefined) return notFound('job');
    if (call.request.query.get('parts') !== '1') return json(shown(job.value));
    const lines: PlanPart = [];
    let left = job.value.counts['parts'] ?? 0;
    for await (const part of jobs.readParts(key, job.value.id)) {
      if (left <= 0) break;
      lines.push(...PlanPart.parse(JSON.parse(part)));
      left -= 1;
    }
    return json({ ...shown(job.value), plan: lines });
  });
  adminRoute(app, 'mailbox-job-apply', ['POST'], '/mailboxes/{id}/jobs/{job}/apply', async (call) => {
    const key = keyOf(call);
    const job = key && (await jobs.find(key, jobOf(call)));
    if (key === undefined || job === undefined || job.value.kind !== 'dryRun') return notFound('dry run');
    if (job.value.state !== 'done') return problem(409, 'The dry run has not come to its end');
    const wanted = { kind: 'applyPlan', by: admin, input: { planId: job.value.id } } as const;
    const { outcome, job: started } = await startMailboxJob(deps, key, wanted);
    if (outcome === 'running')
      return problem(409, 'Another plan is being carried out', { detail: `See job ${started.id}.` });
    return json(shown(started), 202);
  });
  adminRoute(app, 'mailbox-job-stop', ['POST'], '/mailboxes/{id}/jobs/{job}/stop', async (call) => {
    const key = keyOf(call);
    if (key === undefined) return notFound('mailbox');
    const isStopped = await stopMailboxJob(deps, key, jobOf(call), admin);
    return isStopped ? { status: 204 } : problem(409, 'There is no such job that could be stopped');
  });
  adminRoute(app, 'reviews', ['GET'], '/reviews', async ({ organization, request }) => {
    const mailboxId = MailboxId.safeParse(request.query.get('mailbox'));
    const all = request.query.get('all') === '1';
    const query = { undecided: !all, ...(mailboxId.success ? { mailboxId: mailboxId.data } : {}) };
    return json(await reviews.list(organization, query));
  });
  adminRoute(app, 'review-decide', ['POST'], '/mailboxes/{id}/reviews/{review}/decide', async (call) => {
    const key = keyOf(call);
    if (key === undefined) return notFound('mailbox');
    const { decision } = await readBody(call.request, DecideBody, {});
    try {
      const result = await decideReview(deps, key, call.request.params['review'] ?? '', decision, admin);
      if (result.outcome === 'unknown') return notFound('pair');
      if (result.outcome === 'refused') return problem(409, 'It could not be decided so', { detail: result.text });
      return { status: 204 };
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      return problem(502, 'The CRM or Exchange refused', { detail: `${error.code}: ${error.message}` });
    }
  });
}

function keyOf({ request, organization }: AdminCall) {
  const id = MailboxId.safeParse(request.params['id']);
  return id.success ? { organizationId: organization, mailboxId: id.data } : undefined;
}

const jobOf = ({ request }: AdminCall): string => request.params['job'] ?? '';

/** Without what is for the machine. */
function shown({ cursor: _cursor, leaseUntil: _leaseUntil, ...job }: MailboxJob) {
  return { ...job, finished: !isUnfinished(job) };
}
