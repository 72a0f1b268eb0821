import { memoryBrakeStore } from '../../shared/adapters/memory/memory-brake-store.ts';
import { memoryClock } from '../../shared/adapters/memory/memory-clock.ts';
import { type MemoryCrmOptions, memoryCrm } from '../../shared/adapters/memory/memory-crm.ts';
import { memoryCursorStore } from '../../shared/adapters/memory/memory-cursor-store.ts';
import { memoryDirectoryStore } from '../../shared/adapters/memory/memory-directory-store.ts';
import { type MemoryExchangeOptions, memoryExchange } from '../../shared/adapters/memory/memory-exchange.ts';
import { memoryFailureStore } from '../../shared/adapters/memory/memory-failure-store.ts';
import { memoryImageVault } from '../../shared/adapters/memory/memory-image-vault.ts';
import { memoryJobStore } from '../../shared/adapters/memory/memory-job-store.ts';
import { memoryJournalStore } from '../../shared/adapters/memory/memory-journal-store.ts';
import { memoryMappingStore } from '../../shared/adapters/memory/memory-mapping-store.ts';
import { memoryMessageQueue } from '../../shared/adapters/memory/memory-message-queue.ts';
import { memoryPauseStore } from '../../shared/adapters/memory/memory-pause-store.ts';
import { memoryPollScheduleStore } from '../../shared/adapters/memory/memory-poll-schedule-store.ts';
import { memoryReviewStore } from '../../shared/adapters/memory/memory-review-store.ts';
import { memorySecretStore } from '../../shared/adapters/memory/memory-secret-store.ts';
import { memoryStatusStore } from '../../shared/adapters/memory/memory-status-store.ts';
import { seededRandom } from '../../shared/adapters/memory/seeded-random.ts';
import { runOffBoarding } from '../../shared/admin/run-off-boarding.ts';
import { type ChangeMessage, messageIdOf, type PollMessage } from '../../shared/domain/change-message.ts';
import { EmailServerProfile } from '../../shared/domain/email-server-profile.ts';
import { MailboxId, OrganizationId, ProfileId } from '../../shared/domain/ids.ts';
import type { JobMessage } from '../../shared/domain/job-message.ts';
import { Mailbox } from '../../shared/domain/mailbox.ts';
import { CrmConnection, Organization } from '../../shared/domain/organization.ts';
import type { SyncError } from '../../shared/domain/sync-error.ts';
import { formatWatermark } from '../../shared/domain/watermark.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { CrmGateway } from '../../shared/ports/crm-gateway.ts';
import type { ExchangeGateway } from '../../shared/ports/exchange-gateway.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { MappingStore } from '../../shared/ports/mapping-store.ts';
import { coalescedMappingStore } from '../../shared/sync/coalesced-mapping-store.ts';
import { failureClearing } from '../../shared/sync/failure-clearing.ts';
import { handleChangeMessage } from '../../shared/sync/handle-change-message.ts';
import { firstSyncGate } from '../../shared/sync/jobs/first-sync-gate.ts';
import { jobWorks } from '../../shared/sync/jobs/job-works.ts';
import { type JobWorks, runMailboxJob } from '../../shared/sync/jobs/run-mailbox-job.ts';
import { sweepStarter } from '../../shared/sync/jobs/start-sweeps.ts';
import { mailboxLanes } from '../../shared/sync/mailbox-lane.ts';
import { pollCrm } from '../../shared/sync/poll-crm.ts';
import { pollMailboxes } from '../../shared/sync/poll-mailboxes.ts';
import { recentBrakes } from '../../shared/sync/recent-brakes.ts';
import { recentPauses } from '../../shared/sync/recent-pauses.ts';
import { recentStatuses } from '../../shared/sync/recent-statuses.ts';
import { recordReader } from '../../shared/sync/record-reader.ts';
import { mappedCounter } from '../../shared/sync/safety/count-mapped.ts';
import { errorRate } from '../../shared/sync/safety/error-rate.ts';
import { schedulePolls } from '../../shared/sync/schedule-polls.ts';

export const contoso = OrganizationId.parse('contoso');
export const rep1 = MailboxId.parse('mailbox-rep1');
export const rep2 = MailboxId.parse('mailbox-rep2');

/** Thrown by every port of a process that has died. */
export class ProcessDied extends Error {}

/** What a process calls: told before the call, and once it was answered. */
export interface PortCall {
  readonly port: string;
  readonly method: string;
  readonly input: readonly unknown[];
}

export interface Watch {
  readonly before?: (call: PortCall) => void;
  readonly after?: (call: PortCall, output: unknown) => void;
}

/** Lets a process die at a port call: before the call when `at` is even, after it when odd. */
export interface Fate {
  at: number;
  calls: number;
  dead: boolean;
  /** Awaited at each call, to shuffle the steps of workers that run beside each other. */
  pause?: () => Promise<void>;
}

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

function mortal<T extends object>(
  name: string,
  port: T,
  fate: Fate,
  watch: Watch,
  trouble: () => SyncError | undefined = () => undefined,
): T {
  const step = () => {
    if (fate.dead || fate.calls === fate.at) {
      fate.dead = true;
      throw new ProcessDied();
    }
    fate.calls += 1;
  };
  const made = new Map<string | symbol, unknown>();
  const methodOf = (target: T, key: string | symbol): unknown => {
    const method = Reflect.get(target, key) as unknown;
    if (typeof method !== 'function') return method;
    // A listing is awaited page by page by its reader, not here.
    if (key === 'listLive' || key === 'held' || key === 'readParts') return method.bind(target);
    return async (...input: unknown[]) => {
      await fate.pause?.();
      step();
      const error = trouble();
      if (error !== undefined) throw error;
      const call = { port: name, method: String(key), input };
      watch.before?.(call);
      const output = await (method as (...all: unknown[]) => Promise<unknown>).apply(target, input);
      watch.after?.(call, output);
      step();
      return output;
    };
  };
  return new Proxy(port, {
    get(target, key) {
      if (!made.has(key)) made.set(key, methodOf(target, key));
      return made.get(key);
    },
  });
}

export interface WorldOptions {
  readonly seed?: number;
  readonly profile?: Record<string, unknown>;
  /** What both mailboxes have besides, for example syncAllDayTasks. */
  readonly mailbox?: Record<string, unknown>;
  readonly crm?: Omit<MemoryCrmOptions, 'clock'>;
  readonly exchange?: Omit<MemoryExchangeOptions, 'clock'>;
  readonly duplicateDetection?: boolean;
  /** Told of every port call of every process. */
  readonly watch?: Watch;
  readonly log?: Log;
  /** What stands between the engine and the other systems. */
  readonly between?: {
    readonly exchange?: (gateway: ExchangeGateway, clock: Clock) => ExchangeGateway;
    readonly crm?: (gateway: CrmGateway, clock: Clock) => CrmGateway;
  };
}

/** Everything the engine needs, in memory, with the organization contoso and the mailboxes of rep1 and rep2. */
export async function engineWorld(options: WorldOptions = {}) {
  const { watch = {}, log = silent, between = {} } = options;
  const clock = memoryClock();
  const random = seededRandom(options.seed ?? 1);
  const exchange = memoryExchange({ clock, ...options.exchange });
  const crm = memoryCrm({ clock, ...options.crm });
  const seenExchange = () => between.exchange?.(exchange.gateway, clock) ?? exchange.gateway;
  const seenCrm = between.crm?.(crm.gateway, clock) ?? crm.gateway;
  const changes = memoryMessageQueue<ChangeMessage>({
    clock,
    ...(options.duplicateDetection === true ? { duplicateIdOf: messageIdOf } : {}),
  });
  const polls = memoryMessageQueue<PollMessage>({ clock });
  const jobMessages = memoryMessageQueue<JobMessage>({ clock });
  const stores = {
    directory: memoryDirectoryStore(),
    mappings: memoryMappingStore(),
    statuses: memoryStatusStore(),
    cursors: memoryCursorStore(),
    schedules: memoryPollScheduleStore(),
    pauses: memoryPauseStore(),
    failures: memoryFailureStore(),
    journal: memoryJournalStore(),
    images: memoryImageVault({ clock }),
    brakes: memoryBrakeStore(),
    reviews: memoryReviewStore(),
    jobs: memoryJobStore(),
  };
  const secrets = memorySecretStore({
    'fingerprint-key': 'a key',
    'crm-token': 'token',
    'exchange-password': 'password',
  });

  await stores.directory.saveOrganization(
    Organization.parse({ id: contoso, name: 'Contoso', fingerprintSecretName: 'fingerprint-key' }),
  );
  await stores.directory.saveCrmConnection(
    CrmConnection.parse({
      id: 'crm',
      organizationId: contoso,
      name: 'CRM',
      baseUrl: 'https://crm.example',
      tokenSecretName: 'crm-token',
      webhookSecretNames: ['hook'],
    }),
  );
  await stores.directory.saveProfile(
    EmailServerProfile.parse({
      id: 'main',
      organizationId: contoso,
      name: 'Main',
      type: 'exchangeOnPremises',
      incomingServerUrl: 'https://exchange.example/EWS/Exchange.asmx',
      authentication: { kind: 'basic', userName: 'sync@contoso.example', secretName: 'exchange-password' },
      window: { daysBack: 3650, daysAhead: 3650 },
      // Histories are wild: what the brakes do has tests of its own.
      brakes: { deletions: 10_000, writesPerItem: 1_000, mails: 100_000, errorPercent: 100 },
      ...options.profile,
    }),
  );
  for (const [id, name] of [
    [rep1, 'rep1'],
    [rep2, 'rep2'],
  ] as const) {
    await stores.directory.saveMailbox(
      Mailbox.parse({
        id,
        organizationId: contoso,
        profileId: 'main',
        address: `${name}@contoso.example`,
        crmUserId: name,
        approval: 'approved',
        ...options.mailbox,
      }),
    );
    await stores.schedules.save(
      { organizationId: contoso, mailboxId: id },
      { mailboxId: id, profileId: ProfileId.parse('main'), dueAt: clock.now().toISOString() },
    );
  }
  await stores.cursors.saveWatermark(contoso, formatWatermark('0', clock.now()));

  let crmTrouble: SyncError | undefined;
  /** From now on every call to the CRM rejects with the error; undefined ends it. */
  const crmFailsWith = (error: SyncError | undefined) => {
    crmTrouble = error;
  };

  /** One process: what it keeps in memory dies with it. */
  function process(
    fate: Fate = { at: -1, calls: 0, dead: false },
    changeMappings: (store: MappingStore) => MappingStore = (store) => store,
  ) {
    const gateway = mortal('exchange', seenExchange(), fate, watch);
    const crmGateway = mortal('crm', seenCrm, fate, watch, () => crmTrouble);
    const jobs = mortal('jobs', stores.jobs, fate, watch);
    const directory = mortal('directory', stores.directory, fate, watch);
    const starting = { jobs, jobMessages: mortal('jobMessages', { send: jobMessages.send }, fate, watch), clock };
    const firstSync = firstSyncGate(jobs, clock);
    const brakes = recentBrakes(mortal('brakes', stores.brakes, fate, watch), clock);
    const deps = {
      lanes: mailboxLanes({ exchange: gateway, clock }),
      exchange: gateway,
      crm: crmGateway,
      readRecord: recordReader(crmGateway),
      mappings: coalescedMappingStore(changeMappings(mortal('mappings', stores.mappings, fate, watch))),
      directory,
      statuses: recentStatuses(mortal('statuses', stores.statuses, fate, watch), clock),
      cursors: mortal('cursors', stores.cursors, fate, watch),
      schedules: mortal('schedules', stores.schedules, fate, watch),
      pauses: recentPauses(mortal('pauses', stores.pauses, fate, watch), clock),
      failures: mortal('failures', stores.failures, fate, watch),
      journal: mortal('journal', stores.journal, fate, watch),
      images: mortal('images', stores.images, fate, watch),
      brakes,
      reviews: mortal('reviews', stores.reviews, fate, watch),
      ...starting,
      firstSync,
      startSweeps: sweepStarter({ ...starting, directory, log }),
      countMapped: mappedCounter(stores.mappings, clock),
      errorRate: errorRate(brakes, clock),
      changes: mortal('changes', { send: changes.send }, fate, watch),
      polls: mortal('polls', { send: polls.send }, fate, watch),
      secrets: mortal('secrets', secrets, fate, watch),
      clock,
      random,
      log,
      clearFailure: failureClearing(mortal('failures', stores.failures, fate, watch), clock),
      leaseMs: 150_000,
    };
    const { directory: last, ...others } = stores;
    const erasables = Object.fromEntries(
      Object.entries({ ...others, directory: last }).map(([name, store]) => [name, mortal(name, store, fate, watch)]),
    );
    const works: JobWorks = {
      ...jobWorks(firstSync),
      offBoard: (job) => runOffBoarding({ ...deps, erasables }, job),
    };
    let messages = 0;
    return {
      deps,
      fate,
      handleChange: (body: ChangeMessage) => {
        messages += 1;
        return handleChangeMessage(deps, { messageId: `message-${messages}`, body });
      },
      handlePoll: (body: PollMessage) => pollMailboxes(deps, body),
      handleJob: (body: JobMessage) => runMailboxJob(deps, works, body),
      pollCrm: () => pollCrm(deps),
      schedulePolls: () => schedulePolls(deps),
    };
  }

  /** Handles all that is due and that becomes due within `ms`, with the timers running each minute. */
  async function run(ms: number, worker = process()): Promise<void> {
    const end = clock.now().getTime() + ms;
    for (;;) {
      await drain(worker);
      if (clock.now().getTime() >= end) return;
      const next = Math.min(end, clock.now().getTime() + 60_000, changes.nextDueAt()?.getTime() ?? end);
      await clock.advance(Math.max(next - clock.now().getTime(), 1));
      await worker.pollCrm();
      await worker.schedulePolls();
    }
  }

  async function drain(worker: ReturnType<typeof process>): Promise<void> {
    for (;;) {
      const poll = polls.take();
      if (poll !== undefined) {
        await worker.handlePoll(poll);
        continue;
      }
      const change = changes.take();
      if (change !== undefined) {
        await worker.handleChange(change);
        continue;
      }
      const job = jobMessages.take();
      if (job === undefined) return;
      await worker.handleJob(job);
    }
  }

  /** A webhook for everything that changed in the CRM since the last. */
  let announced = '0';
  async function announceCrmChanges(): Promise<void> {
    const { changes: found, watermark } = crm.control.changesSince(announced);
    announced = watermark;
    await changes.send(
      found.map(({ kind, recordId, version, ownerId }) => ({
        body: {
          kind: 'crmChange',
          schema: 1,
          organizationId: contoso,
          recordId,
          version,
          reason: kind,
          attempt: 1,
          hop: 0,
          lagged: 0,
          seenAt: clock.now().toISOString(),
          ...(ownerId === undefined ? {} : { ownerId }),
        } as const,
      })),
    );
  }

  return {
    clock,
    random,
    exchange,
    crm,
    crmFailsWith,
    changes,
    polls,
    jobMessages,
    stores,
    secrets,
    process,
    run,
    drain,
    announceCrmChanges,
  };
}

export type EngineWorld = Awaited<ReturnType<typeof engineWorld>>;
