import { type RunOffBoardingDeps, runOffBoarding } from '../shared/admin/run-off-boarding.ts';
import { queueNames } from '../shared/domain/queues.ts';
import type { FirstSyncGate } from '../shared/sync/jobs/first-sync-gate.ts';
import type { JobDeps } from '../shared/sync/jobs/job-types.ts';
import { jobWorks } from '../shared/sync/jobs/job-works.ts';
import { handleJobMessage, type JobWorks } from '../shared/sync/jobs/run-mailbox-job.ts';
import type { Triggers } from './triggers.ts';

/** Queue `jobs`: the next slice of longer work on one mailbox. */
export function registerRunMailboxJob(
  app: Triggers,
  deps: JobDeps & { readonly firstSync: FirstSyncGate },
  offBoarding: RunOffBoardingDeps,
): void {
  const works: JobWorks = { ...jobWorks(deps.firstSync), offBoard: (job) => runOffBoarding(offBoarding, job) };
  app.serviceBusQueue('run-mailbox-job', {
    connection: 'ServiceBusConnection',
    queueName: queueNames.jobs,
    handler: (body) => handleJobMessage(deps, works, body),
  });
}
