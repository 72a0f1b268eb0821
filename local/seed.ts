import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { azureClients, createTables } from '../shared/adapters/azure/azure-clients.ts';
import { serviceBusMessageQueue } from '../shared/adapters/azure/service-bus-message-queue.ts';
import { tableDirectoryStore } from '../shared/adapters/azure/table-directory-store.ts';
import { tableJobStore } from '../shared/adapters/azure/table-job-store.ts';
import { tablePollScheduleStore } from '../shared/adapters/azure/table-poll-schedule-store.ts';
import { tableStatusStore } from '../shared/adapters/azure/table-status-store.ts';
import { systemClock } from '../shared/adapters/system/system-clock.ts';
import { saveMailbox } from '../shared/admin/save-mailbox.ts';
import { EmailServerProfile } from '../shared/domain/email-server-profile.ts';
import { OrganizationId } from '../shared/domain/ids.ts';
import { jobMessageIdOf } from '../shared/domain/job-message.ts';
import { Mailbox } from '../shared/domain/mailbox.ts';
import { CrmConnection, Organization } from '../shared/domain/organization.ts';
import { queueNames } from '../shared/domain/queues.ts';
import type { Enrolment, Options } from './options.ts';
import { furtherPeople } from './people.ts';

/** Who is in the demo: known to tours, tests and clients. They exist in local/ only. */
export const demo = {
  organization: 'contoso',
  functionKey: 'local-only',
  webhookSecret: 'whsec_bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk=',
  crmToken: 'local-only',
  serviceAccount: { user: 'sync@contoso.example', password: 'local-only' },
  enrolled: [
    { address: 'rep1@contoso.example', user: 'rep1', name: 'Renate Pfeiffer' },
    { address: 'rep2@contoso.example', user: 'rep2', name: 'Rafael Ortega' },
  ] satisfies Enrolment[],
};

/** The secrets, in the file that stands for the vault; written once, the admin's later changes stay. */
export function seedSecrets(file: string, { realExchange }: Pick<Options, 'realExchange'>): void {
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  const exchange =
    realExchange === undefined
      ? demo.serviceAccount.password
      : 'token' in realExchange
        ? realExchange.token
        : realExchange.password;
  const secrets = {
    'fingerprint-key': randomBytes(32).toString('base64'),
    'crm-token': demo.crmToken,
    'crm-webhook-secret': demo.webhookSecret,
    ...(realExchange === undefined ? { 'exchange-password': exchange } : {}),
    ...kept,
    ...(realExchange === undefined ? {} : { 'exchange-password': exchange }),
  };
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
}

/** The organization, its CRM, a profile and the enrolled mailboxes; what is there already is left as admins made it. */
export async function seedDirectory(
  connection: { readonly storage: string; readonly serviceBus: string },
  options: Pick<Options, 'ports' | 'realExchange' | 'people' | 'knowsSeries'>,
): Promise<void> {
  const { ports } = options;
  const clients = azureClients({
    storage: { connectionString: connection.storage },
    serviceBus: { connectionString: connection.serviceBus },
  });
  await createTables(clients);
  const directory = tableDirectoryStore(clients.tables.directory);
  const deps = {
    directory,
    statuses: tableStatusStore(clients.tables.statuses),
    schedules: tablePollScheduleStore(clients.tables.schedules),
    clock: systemClock,
    firstSyncs: {
      jobs: tableJobStore(clients.tables.jobs, clients.tables.jobParts),
      jobMessages: serviceBusMessageQueue({
        sender: clients.serviceBus.createSender(queueNames.jobs),
        messageId: jobMessageIdOf,
      }),
      clock: systemClock,
    },
  };
  if ((await directory.findOrganization(organizationId)) === undefined) {
    await directory.saveOrganization(
      Organization.parse({ id: organizationId, name: 'Contoso', fingerprintSecretName: 'fingerprint-key' }),
    );
  }
  await directory.saveCrmConnection(
    CrmConnection.parse({
      id: 'demo-crm',
      organizationId,
      name: 'Demo CRM',
      baseUrl: `http://127.0.0.1:${ports.crm}/connector/v1`,
      tokenSecretName: 'crm-token',
      webhookSecretNames: ['crm-webhook-secret'],
      commitOrderedFeed: true,
    }),
  );
  const profile = profileOf(options);
  const known = await directory.findProfile(organizationId, profile.id);
  const { incomingServerUrl, authentication, name, recurrencePolicy } = profile;
  await directory.saveProfile(
    known === undefined ? profile : { ...known.value, incomingServerUrl, authentication, name, recurrencePolicy },
  );
  for (const mailbox of mailboxesOf(options)) {
    if ((await directory.findMailbox(organizationId, mailbox.id)) === undefined)
      await saveMailbox(deps, mailbox, profile);
  }
  await clients.serviceBus.close();
}

const organizationId = OrganizationId.parse(demo.organization);

function profileOf({ ports, realExchange, knowsSeries }: Pick<Options, 'ports' | 'realExchange' | 'knowsSeries'>) {
  return EmailServerProfile.parse({
    id: 'main',
    organizationId,
    name: realExchange === undefined ? 'Exchange simulator' : 'Exchange',
    type: 'exchangeOnPremises',
    incomingServerUrl: realExchange?.url ?? `http://127.0.0.1:${ports.exchange}/EWS/Exchange.asmx`,
    authentication: authenticationOf(realExchange),
    // Of a quiet mailbox five times that: who tries this out sees a change within a minute.
    minimumPollingIntervalMinutes: 0.1,
    syncAllDayTasks: true,
    // Of a real mailbox the user's own tasks stay where they are.
    ...(realExchange === undefined ? { taskTypeFromExchange: 'Task' } : {}),
    recurrencePolicy: knowsSeries ? 'series' : 'occurrences',
  });
}

/** Everybody who is enrolled syncs calendar, all-day tasks and contacts. */
function mailboxesOf({ realExchange, people }: Pick<Options, 'realExchange' | 'people'>): Mailbox[] {
  const enrolled: readonly Enrolment[] = realExchange?.mailboxes ?? [...demo.enrolled, ...furtherPeople(people)];
  return enrolled.map(({ address, user }, index) => {
    const crmUserId = user ?? address.split('@')[0];
    return Mailbox.parse({
      id: realExchange === undefined ? `mailbox-${crmUserId}` : `mailbox-${index + 1}`,
      organizationId,
      profileId: 'main',
      address,
      crmUserId,
      approval: 'approved',
      syncAllDayTasks: true,
      syncContacts: true,
    });
  });
}

function authenticationOf(realExchange: Options['realExchange']) {
  if (realExchange === undefined)
    return { kind: 'basic', userName: demo.serviceAccount.user, secretName: 'exchange-password' };
  if ('token' in realExchange) return { kind: 'bearer', secretName: 'exchange-password' };
  return { kind: 'basic', userName: realExchange.user, secretName: 'exchange-password' };
}
