import { app } from '@azure/functions';
import { registerAdminDirectory } from './admin-directory.ts';
import { registerAdminFailures } from './admin-failures.ts';
import { registerAdminJobs } from './admin-jobs.ts';
import { registerAdminJournal } from './admin-journal.ts';
import { registerAdminMailboxes } from './admin-mailboxes.ts';
import { registerAdminOffBoard } from './admin-off-board.ts';
import { registerAdminQuarantines } from './admin-quarantines.ts';
import { registerApplyChange } from './apply-change.ts';
import { registerCollectDeadLetters } from './collect-dead-letters.ts';
import { readConfig } from './config.ts';
import { registerExpireRecords } from './expire-records.ts';
import { registerHealth } from './health.ts';
import { registerNightlySweep } from './nightly-sweep.ts';
import { registerPollCrm } from './poll-crm.ts';
import { registerPollMailboxes } from './poll-mailboxes.ts';
import { registerReceiveCrmWebhook } from './receive-crm-webhook.ts';
import { registerRunMailboxJob } from './run-mailbox-job.ts';
import { registerSchedulePolls } from './schedule-polls.ts';
import { createServices } from './services.ts';

const config = readConfig(process.env);
const services = createServices(config);
const { cachedDirectory, recentBrakes, recentPauses, recentStatuses } = services;
const engine = {
  ...services,
  directory: cachedDirectory,
  pauses: recentPauses,
  statuses: recentStatuses,
  brakes: recentBrakes,
};

app.hook.appStart(() => services.prepare());

registerReceiveCrmWebhook(app, engine);
registerApplyChange(app, engine);
registerPollCrm(app, engine);
registerSchedulePolls(app, engine);
registerPollMailboxes(app, engine);
registerRunMailboxJob(app, engine, services);
registerNightlySweep(app, engine);
registerCollectDeadLetters(app, engine);
registerExpireRecords(app, services);
registerHealth(app, services);
// By function key on one's own machine only; in Azure it stays off until people can sign in to it.
if (config.local) {
  registerAdminDirectory(app, services);
  registerAdminMailboxes(app, services);
  registerAdminJobs(app, services);
  registerAdminFailures(app, services);
  registerAdminJournal(app, { ...services, brakes: recentBrakes });
  registerAdminQuarantines(app, { ...services, brakes: recentBrakes });
  registerAdminOffBoard(app, services);
}
