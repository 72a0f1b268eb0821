import type { MailboxId } from '../../shared/domain/ids.ts';
import type { Mailbox } from '../../shared/domain/mailbox.ts';
import type { Pause, PendingChange } from '../../shared/ports/pause-store.ts';
import { pauseScope } from '../../shared/sync/pause-scope.ts';
import { contoso, engineWorld, rep1 } from './engine-world.ts';

export const minutes = 60_000;
export const hours = 60 * minutes;

/** An engine world with one process that does the work, and the words that stories about it are told in. */
export async function engineStory(options: Parameters<typeof engineWorld>[0] = {}) {
  const profile = { minimumPollingIntervalMinutes: 0.2, ...options.profile };
  const world = await engineWorld({ ...options, profile });
  const worker = world.process();
  const { stores, exchange, crm } = world;
  return {
    ...world,
    worker,
    run: (ms: number) => world.run(ms, worker),
    /** All that changed in the CRM is told by webhook, and what can be done now is done. */
    async announced(): Promise<void> {
      await world.announceCrmChanges();
      await world.drain(worker);
    },
    /** What the mailbox's user sees, in the calendar and in other folders. */
    calendar: (mailboxId: MailboxId = rep1) =>
      exchange.control.items(mailboxId).filter(({ place }) => place === 'folder' || place === 'elsewhere'),
    records: () => crm.control.records(),
    statusOf: async (mailboxId: MailboxId) =>
      (await stores.statuses.find({ organizationId: contoso, mailboxId }, 'appointments'))?.value,
    pauses: (): Promise<Pause[]> => stores.pauses.list(contoso),
    async held(): Promise<PendingChange[]> {
      const rows: PendingChange[] = [];
      for await (const { value } of stores.pauses.held(contoso)) rows.push(value);
      return rows;
    },
    failures: () => stores.failures.list(contoso, 1_000),
    /** Holds back the whole profile, as throttling does. */
    pauseProfile: (forMs: number) =>
      pauseScope(
        worker.deps,
        { kind: 'profile', organizationId: contoso, profileId: 'main' as never },
        { code: 'ErrorServerBusy', remedy: { kind: 'pause', scope: 'profile', forMs } },
      ),
    pauseCrm: (forMs: number) =>
      pauseScope(
        worker.deps,
        { kind: 'crmConnection', organizationId: contoso },
        { code: 'HTTP_503', remedy: { kind: 'pause', scope: 'crmConnection', forMs } },
      ),
    async switchCrm(enabled: boolean): Promise<void> {
      const connection = await stores.directory.findCrmConnection(contoso);
      if (connection) await stores.directory.saveCrmConnection({ ...connection.value, enabled });
    },
    async changeMailbox(mailboxId: MailboxId, change: Partial<Mailbox>): Promise<void> {
      const mailbox = await stores.directory.findMailbox(contoso, mailboxId);
      if (mailbox) await stores.directory.saveMailbox({ ...mailbox.value, ...change });
    },
  };
}

export type EngineStory = Awaited<ReturnType<typeof engineStory>>;
