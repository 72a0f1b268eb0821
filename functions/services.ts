import { azureClients, createTables } from '../shared/adapters/azure/azure-clients.ts';
import { blobImageVault } from '../shared/adapters/azure/blob-image-vault.ts';
import { keyVaultSecretStore } from '../shared/adapters/azure/key-vault-secret-store.ts';
import { serviceBusMessageQueue } from '../shared/adapters/azure/service-bus-message-queue.ts';
import { tableBrakeStore } from '../shared/adapters/azure/table-brake-store.ts';
import { tableCursorStore } from '../shared/adapters/azure/table-cursor-store.ts';
import { tableDirectoryStore } from '../shared/adapters/azure/table-directory-store.ts';
import { tableFailureStore } from '../shared/adapters/azure/table-failure-store.ts';
import { tableJobStore } from '../shared/adapters/azure/table-job-store.ts';
import { tableJournalStore } from '../shared/adapters/azure/table-journal-store.ts';
import { tableMappingStore } from '../shared/adapters/azure/table-mapping-store.ts';
import { tablePauseStore } from '../shared/adapters/azure/table-pause-store.ts';
import { tablePollScheduleStore } from '../shared/adapters/azure/table-poll-schedule-store.ts';
import { tableReviewStore } from '../shared/adapters/azure/table-review-store.ts';
import { tableStatusStore } from '../shared/adapters/azure/table-status-store.ts';
import { tableWebhookReceiptStore } from '../shared/adapters/azure/table-webhook-receipt-store.ts';
import { tellingUnavailable } from '../shared/adapters/azure/unavailable-stores.ts';
import { cachedDirectoryStore } from '../shared/adapters/cache/cached-directory-store.ts';
import { httpCrmGateway } from '../shared/adapters/crm/http-crm-gateway.ts';
import { ewsGateway } from '../shared/adapters/ews/ews-gateway.ts';
import { fileSecretStore } from '../shared/adapters/file/file-secret-store.ts';
import { pausingInstead } from '../shared/adapters/secret-errors.ts';
import { consoleLog } from '../shared/adapters/system/console-log.ts';
import { systemClock } from '../shared/adapters/system/system-clock.ts';
import { systemRandom } from '../shared/adapters/system/system-random.ts';
import { verifyStandardWebhook } from '../shared/adapters/webhooks/verify-standard-webhook.ts';
import { type ChangeMessage, messageIdOf, type PollMessage } from '../shared/domain/change-message.ts';
import { type JobMessage, jobMessageIdOf } from '../shared/domain/job-message.ts';
import { queueNames } from '../shared/domain/queues.ts';
import type { Erasable } from '../shared/ports/erasable.ts';
import { coalescedBrakeStore } from '../shared/sync/coalesced-brake-store.ts';
import { coalescedJournalStore } from '../shared/sync/coalesced-journal-store.ts';
import { coalescedMappingStore } from '../shared/sync/coalesced-mapping-store.ts';
import { coalescedMessageQueue } from '../shared/sync/coalesced-message-queue.ts';
import { failureClearing } from '../shared/sync/failure-clearing.ts';
import { firstSyncGate } from '../shared/sync/jobs/first-sync-gate.ts';
import { sweepStarter } from '../shared/sync/jobs/start-sweeps.ts';
import { mailboxLanes } from '../shared/sync/mailbox-lane.ts';
import { recentBrakes } from '../shared/sync/recent-brakes.ts';
import { recentPauses } from '../shared/sync/recent-pauses.ts';
import { recentStatuses } from '../shared/sync/recent-statuses.ts';
import { recordReader } from '../shared/sync/record-reader.ts';
import { mappedCounter } from '../shared/sync/safety/count-mapped.ts';
import { errorRate } from '../shared/sync/safety/error-rate.ts';
import type { Config } from './config.ts';

export type Services = ReturnType<typeof createServices>;

/** Wires the ports to their adapters: the one place that knows both. */
export function createServices(config: Config) {
  const clock = systemClock;
  const random = systemRandom;
  const log = consoleLog();
  const clients = azureClients({
    storage: config.storage,
    serviceBus: config.serviceBus,
    ...(config.identityClientId === undefined ? {} : { managedIdentityClientId: config.identityClientId }),
  });
  const { tables } = clients;
  const secrets =
    config.secrets.kind === 'file'
      ? fileSecretStore({ path: config.secrets.path })
      : keyVaultSecretStore({ vaultUrl: config.secrets.url, credential: clients.credential, clock });
  const changes = coalescedMessageQueue(
    serviceBusMessageQueue<ChangeMessage>({
      sender: clients.serviceBus.createSender(queueNames.changes),
      messageId: messageIdOf,
    }),
  );
  const polls = serviceBusMessageQueue<PollMessage>({
    sender: clients.serviceBus.createSender(queueNames.polls),
    messageId: messageIdOf,
  });
  const jobMessages = serviceBusMessageQueue<JobMessage>({
    sender: clients.serviceBus.createSender(queueNames.jobs),
    messageId: jobMessageIdOf,
  });
  const directory = tellingUnavailable('the directory', tableDirectoryStore(tables.directory));
  const cachedDirectory = cachedDirectoryStore({ directory, clock });
  const { saveOrganization, saveCommunity, saveCrmConnection, saveProfile, saveMailbox } = cachedDirectory;
  const failures = tellingUnavailable('the failures', tableFailureStore(tables.failures));
  const statuses = tellingUnavailable('the statuses', tableStatusStore(tables.statuses));
  const pauses = tellingUnavailable('the pauses', tablePauseStore(tables.pauses, tables.pending));
  const mappings = tellingUnavailable('the mappings', tableMappingStore(tables.mappings));
  const journal = tellingUnavailable('the journal', tableJournalStore(tables.journal));
  const images = tellingUnavailable('the image vault', blobImageVault(clients.images));
  const brakes = tellingUnavailable('the brakes', tableBrakeStore(tables.brakes));
  const reviews = tellingUnavailable('the review pairs', tableReviewStore(tables.reviews));
  const jobs = tellingUnavailable('the jobs', tableJobStore(tables.jobs, tables.jobParts));
  const cursors = tellingUnavailable(
    'the cursors',
    tableCursorStore({ table: tables.cursors, blobs: clients.syncStates, random }),
  );
  const schedules = tellingUnavailable('the schedules', tablePollScheduleStore(tables.schedules));
  const receipts = tellingUnavailable('the webhook receipts', tableWebhookReceiptStore(tables.webhookReceipts));
  const coalescedBrakes = coalescedBrakeStore(brakes);
  const quickBrakes = recentBrakes(coalescedBrakes, clock);
  const erasables: Readonly<Record<string, Erasable>> = {
    ...{ mappings, cursors, schedules, pauses, statuses, receipts },
    ...{ journal, images, failures, brakes, reviews, jobs },
    directory,
  };
  const allowInsecure = config.local;
  let peeker: ReturnType<typeof clients.serviceBus.createReceiver> | undefined;
  const crm = httpCrmGateway({
    secrets: pausingInstead(secrets, 'crmConnection'),
    clock,
    log,
    deadlineMs: config.crmDeadlineMs,
    allowInsecure,
  });
  const exchange = ewsGateway({ secrets, clock, log, deadlineMs: config.exchangeDeadlineMs, allowInsecure });
  return {
    clock,
    random,
    log,
    secrets,
    changes,
    polls,
    jobMessages,
    crm,
    exchange,
    verify: verifyStandardWebhook,
    lanes: mailboxLanes({ exchange, clock }),
    readRecord: recordReader(crm),
    /** What admins read: always the rows themselves. What they write this process's engine knows at once. */
    directory: { ...directory, saveOrganization, saveCommunity, saveCrmConnection, saveProfile, saveMailbox },
    /** What the engine reads: a few seconds old at most. */
    cachedDirectory,
    mappings: coalescedMappingStore(mappings),
    journal: coalescedJournalStore(journal),
    images,
    brakes: coalescedBrakes,
    recentBrakes: quickBrakes,
    countMapped: mappedCounter(mappings, clock),
    errorRate: errorRate(quickBrakes, clock),
    reviews,
    jobs,
    firstSync: firstSyncGate(jobs, clock),
    firstSyncs: { jobs, jobMessages, clock },
    startSweeps: sweepStarter({ jobs, jobMessages, clock, directory: cachedDirectory, log }),
    statuses,
    recentStatuses: recentStatuses(statuses, clock),
    cursors,
    schedules,
    pauses,
    recentPauses: recentPauses(pauses, clock),
    failures,
    receipts,
    /** All that keep anything of a mailbox or an organization, by name and in the order of erasure: the directory last, so that what was cut short can be found and repeated. */
    erasables,
    clearFailure: failureClearing(failures, clock),
    leaseMs: config.leaseMs,
    offBoardingQuietMs: config.offBoardingQuietMs,
    /** Makes what storage lacks; needed once, harmless always. */
    prepare: () => createTables(clients),
    /** Rejects with what is not to be reached. Peeking takes no message and needs the right to receive. */
    async checkReady(): Promise<void> {
      peeker ??= clients.serviceBus.createReceiver(queueNames.changes);
      await Promise.all([directory.listOrganizations(), peeker.peekMessages(1)]);
    },
  };
}
