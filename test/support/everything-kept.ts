import { CrmChange, ExchangeChange } from '../../shared/domain/change-message.ts';
import { EmailServerProfile } from '../../shared/domain/email-server-profile.ts';
import { Failure } from '../../shared/domain/failure.ts';
import type { ItemId, OrganizationId, RecordId } from '../../shared/domain/ids.ts';
import type { IntentMapping, LiveMapping, MailboxKey, TombstoneMapping } from '../../shared/domain/item-mapping.ts';
import { ItemMapping } from '../../shared/domain/item-mapping.ts';
import { Mailbox } from '../../shared/domain/mailbox.ts';
import { Community, CrmConnection, Organization } from '../../shared/domain/organization.ts';
import type { BrakeStore } from '../../shared/ports/brake-store.ts';
import type { CursorStore } from '../../shared/ports/cursor-store.ts';
import type { DirectoryStore } from '../../shared/ports/directory-store.ts';
import type { Erasable } from '../../shared/ports/erasable.ts';
import type { FailureStore } from '../../shared/ports/failure-store.ts';
import type { ImageVault } from '../../shared/ports/image-vault.ts';
import type { JobStore } from '../../shared/ports/job-store.ts';
import type { JournalStore } from '../../shared/ports/journal-store.ts';
import type { MappingStore } from '../../shared/ports/mapping-store.ts';
import type { PauseStore } from '../../shared/ports/pause-store.ts';
import type { PollScheduleStore } from '../../shared/ports/poll-schedule-store.ts';
import type { ReviewStore } from '../../shared/ports/review-store.ts';
import type { StatusStore } from '../../shared/ports/status-store.ts';
import type { WebhookReceiptStore } from '../../shared/ports/webhook-receipt-store.ts';
import { quarantineOf } from '../contract/brake-store.contract.ts';
import { mailboxJob } from '../contract/job-store.contract.ts';
import { journalEntry } from '../contract/journal-store.contract.ts';
import { reviewPair } from '../contract/review-store.contract.ts';

/** Every store that keeps anything of a mailbox or an organization. */
export interface EveryStore {
  readonly mappings: MappingStore & Erasable;
  readonly statuses: StatusStore & Erasable;
  readonly cursors: CursorStore & Erasable;
  readonly schedules: PollScheduleStore & Erasable;
  readonly pauses: PauseStore & Erasable;
  readonly failures: FailureStore & Erasable;
  readonly journal: JournalStore & Erasable;
  readonly images: ImageVault & Erasable;
  readonly brakes: BrakeStore & Erasable;
  readonly reviews: ReviewStore & Erasable;
  readonly jobs: JobStore & Erasable;
  readonly directory: DirectoryStore & Erasable;
  readonly receipts: WebhookReceiptStore & Erasable;
}

const at = '2026-01-05T09:00:00Z';
const key = 'key material';
const record = ({ mailboxId }: MailboxKey, state: string) => `${mailboxId}/${state}` as RecordId;
const item = ({ mailboxId }: MailboxKey, state: string) => `${mailboxId}/${state}=` as ItemId;
const mailboxStates = ['intent', 'live', 'tombstone'] as const;

/** Keeps one of everything of a mailbox. */
export async function keepAllOfMailbox(stores: EveryStore, mailbox: MailboxKey): Promise<void> {
  const { organizationId, mailboxId } = mailbox;
  const crmUserId = `user of ${mailboxId}`;
  const common = { origin: 'crm', generation: 0, crmVersion: '1' };
  const times = { leaseUntil: at, start: at, end: at };
  const intent = { ...common, ...times, state: 'intent', recordId: record(mailbox, 'intent'), attemptId: 'attempt-1' };
  const dying = { ...intent, recordId: record(mailbox, 'tombstone') };
  const agreed = { crm: { subject: 'ab' }, exchange: { subject: 'cd' } };
  const live = { ...common, recordId: record(mailbox, 'live'), itemId: item(mailbox, 'live'), agreed };
  const dead = { ...common, state: 'tombstone', recordId: dying.recordId, deletedAt: at, deletedBy: 'crm' };
  const intents = [intent, dying].map((one) => ItemMapping.parse(one) as IntentMapping);
  const [, begun] = await stores.mappings.insertIntents(mailbox, intents);
  await stores.mappings.saveLive(mailbox, [
    { mapping: ItemMapping.parse({ ...live, state: 'live', changeKey: 'k', confirmed: true }) as LiveMapping },
  ]);
  await stores.mappings.saveTombstones(mailbox, [
    { mapping: ItemMapping.parse(dead) as TombstoneMapping, etag: begun?.etag ?? '' },
  ]);
  const claim = { operationId: 'o', leaseUntil: at, generation: 0 };
  await stores.mappings.claimItem(mailbox, item(mailbox, 'claimed'), claim);
  for (const state of [...mailboxStates, 'homeOnly']) {
    await stores.mappings.claimHome(organizationId, record(mailbox, state), { mailboxId, generation: 0 });
  }
  await stores.statuses.save(mailbox, 'appointments', { status: 'syncing', since: at, failuresInARow: 0 });
  await stores.statuses.save(mailbox, 'tasks', { status: 'unattempted', since: at, failuresInARow: 0 });
  await stores.cursors.saveSyncState(mailbox, 'calendar', 'AAAA');
  await stores.cursors.saveSyncState(mailbox, 'tasks', Buffer.alloc(1_000_000).toString('base64'));
  await stores.schedules.save(mailbox, { mailboxId, profileId: profileOf(organizationId).id, dueAt: at });
  const pause = { until: at, since: at, code: 'ErrorServerBusy', times: 1 };
  await stores.pauses.save({ ...pause, id: mailboxId, scope: { kind: 'mailbox', ...mailbox } });
  const change = { schema: 1, organizationId, reason: 'updated', seenAt: at };
  const ofRecord = CrmChange.parse({ ...change, kind: 'crmChange', recordId: record(mailbox, 'live') });
  const ofItem = ExchangeChange.parse({ ...change, kind: 'exchangeChange', mailboxId, itemId: item(mailbox, 'live') });
  for (const held of [ofRecord, ofItem]) await stores.pauses.hold(organizationId, { mailboxId, change: held });
  const failure = { organizationId, mailboxId, reason: 'parked', text: 'Look at it.', attempts: 4, failedAt: at };
  await stores.failures.report(
    Failure.parse({ ...failure, id: `failure of ${mailboxId}`, message: JSON.stringify(ofItem) }),
  );
  await stores.journal.append(
    ['1', '2'].map((id) => journalEntry(mailbox, id, { recordId: record(mailbox, 'live'), at })),
  );
  await stores.images.save(mailbox, 'image-1', key, 'what was there');
  await stores.brakes.quarantine(quarantineOf(mailbox));
  await stores.brakes.quarantine(quarantineOf(mailbox, { recordId: record(mailbox, 'live') }));
  await stores.brakes.add(mailbox, 'writes', at, 1);
  await stores.reviews.save(reviewPair(mailbox, 'pair'));
  await stores.jobs.save(mailboxJob(mailbox, 'job'));
  await stores.jobs.savePart(mailbox, 'job', 0, '[]');
  const address = 'someone@contoso.example';
  await stores.directory.saveMailbox(
    Mailbox.parse({ organizationId, id: mailboxId, profileId: profileOf(organizationId).id, address, crmUserId }),
  );
}

/** Keeps one of everything of an organization apart from its mailboxes. */
export async function keepAllOfOrganization(stores: EveryStore, organizationId: OrganizationId): Promise<void> {
  await stores.directory.saveOrganization(
    Organization.parse({ id: organizationId, name: 'Contoso', fingerprintSecretName: 'prints' }),
  );
  await stores.directory.saveCommunity(Community.parse({ organizationId, id: 'north', name: 'North' }));
  const connection = {
    organizationId,
    id: 'crm',
    name: 'CRM',
    baseUrl: 'https://crm.example',
    tokenSecretName: 'token',
  };
  await stores.directory.saveCrmConnection(CrmConnection.parse({ ...connection, webhookSecretNames: ['webhook'] }));
  await stores.directory.saveProfile(profileOf(organizationId));
  await stores.cursors.saveWatermark(organizationId, 'w1');
  const pause = { id: 'p', until: at, since: at, code: 'HTTP_503', times: 1 };
  await stores.pauses.save({ ...pause, scope: { kind: 'crmConnection', organizationId } });
  for (const id of ['msg_1', 'msg_2', 'msg_3']) await stores.receipts.remember(organizationId, id, new Date(at));
}

const profileOf = (organizationId: OrganizationId): EmailServerProfile =>
  EmailServerProfile.parse({
    id: 'profile',
    organizationId,
    name: 'Exchange',
    type: 'exchangeOnline',
    authentication: { kind: 'oauthClient', clientId: 'c', tenantId: 't', secretName: 'exchange-secret' },
  });

/** All that the stores give of a mailbox, as it was kept by `keepAllOfMailbox`; etags left out. */
export async function allKeptOfMailbox(stores: EveryStore, mailbox: MailboxKey): Promise<Record<string, unknown>> {
  const { organizationId, mailboxId } = mailbox;
  const ours = <T extends { readonly mailboxId?: unknown }>(rows: readonly T[]) =>
    rows.filter((row) => row.mailboxId === mailboxId);
  const records = mailboxStates.map((state) => record(mailbox, state));
  const homes = [...records, record(mailbox, 'homeOnly')];
  const items = [item(mailbox, 'live'), item(mailbox, 'claimed')];
  const [held, parts, live]: unknown[][] = [[], [], []];
  for await (const row of stores.pauses.held(organizationId, mailbox.mailboxId)) held?.push(row.value);
  for await (const part of stores.jobs.readParts(mailbox, 'job')) parts?.push(part);
  for await (const row of stores.mappings.listLive(mailbox)) live?.push(row.value);
  const mappings = await stores.mappings.findByRecords(mailbox, records);
  const kept = {
    mappings: records.map((one) => valueIn(mappings.get(one))),
    live,
    items: [...(await stores.mappings.findByItems(mailbox, items)).keys()].sort(),
    homes: (await Promise.all(homes.map((one) => stores.mappings.findHome(organizationId, one)))).map(valueIn),
    statuses: ours(await stores.statuses.list(organizationId)),
    calendar: valueIn(await stores.cursors.findSyncState(mailbox, 'calendar')),
    tasks: valueIn(await stores.cursors.findSyncState(mailbox, 'tasks'))?.length,
    schedule: valueIn(await stores.schedules.find(mailbox)),
    pause: valueIn(await stores.pauses.find({ kind: 'mailbox', ...mailbox })),
    held,
    failures: ours(await stores.failures.list(organizationId, 100)),
    failure: await stores.failures.find(organizationId, `failure of ${mailboxId}`),
    journal: (await stores.journal.list(mailbox, { limit: 100 })).entries,
    ofRecord: (await stores.journal.list(mailbox, { limit: 100, recordId: record(mailbox, 'live') })).entries,
    entry: await stores.journal.find(mailbox, '1'),
    image: await stores.images.read(mailbox, 'image-1', key),
    quarantines: (await stores.brakes.findFor(mailbox, record(mailbox, 'live'))).map(valueIn),
    writes: (await stores.brakes.total(mailbox, 'writes', at)) || undefined,
    pairs: ours(await stores.reviews.list(organizationId)),
    pairOfRecord: (await stores.reviews.findByRecord(mailbox, 'r1' as RecordId)).map(valueIn),
    jobs: ours(await stores.jobs.list(organizationId)),
    parts,
    mailbox: valueIn(await stores.directory.findMailbox(organizationId, mailboxId)),
    user: await stores.directory.findMailboxOfUser(organizationId, `user of ${mailboxId}` as never),
  };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => !isNothing(value)));
}

const valueIn = <T>(stored: { readonly value: T } | undefined): T | undefined => stored?.value;

const isNothing = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((one) => one === undefined));
