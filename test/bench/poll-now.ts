import { connectionsOf } from '../../local/connections.ts';
import { demo } from '../../local/seed.ts';
import { azureClients } from '../../shared/adapters/azure/azure-clients.ts';
import { tablePollScheduleStore } from '../../shared/adapters/azure/table-poll-schedule-store.ts';
import { MailboxId, OrganizationId } from '../../shared/domain/ids.ts';
import { StoreConflict } from '../../shared/ports/stored.ts';
import type { Environment } from './environment.ts';

/** Makes mailboxes due at once, whatever the schedule says: a bench must not wait for the pace of quiet mailboxes. */
export function duePolls({ ports }: Environment): (users: readonly string[]) => Promise<void> {
  const { storage, serviceBus } = connectionsOf(ports);
  const { tables } = azureClients({
    storage: { connectionString: storage },
    serviceBus: { connectionString: serviceBus },
  });
  const schedules = tablePollScheduleStore(tables.schedules);
  const organizationId = OrganizationId.parse(demo.organization);
  const makeDue = async (user: string) => {
    const key = { organizationId, mailboxId: MailboxId.parse(`mailbox-${user}`) };
    const row = await schedules.find(key);
    if (row === undefined) return;
    try {
      await schedules.save(key, { ...row.value, dueAt: new Date().toISOString() }, row.etag);
    } catch (error) {
      // It is being polled just now.
      if (!(error instanceof StoreConflict)) throw error;
    }
  };
  return async (users) => {
    for (let first = 0; first < users.length; first += 10) {
      await Promise.all(users.slice(first, first + 10).map(makeDue));
    }
  };
}
