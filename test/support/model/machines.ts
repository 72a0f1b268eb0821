import { crmRefused } from '../../../shared/adapters/crm/crm-errors.ts';
import { type EwsFailure, toEwsSyncError } from '../../../shared/adapters/ews/ews-errors.ts';
import { enableProcess } from '../../../shared/admin/enable-process.ts';
import { releaseQuarantine } from '../../../shared/admin/release-quarantine.ts';
import { replayFailure } from '../../../shared/admin/replay-failure.ts';
import { EmailServerProfile } from '../../../shared/domain/email-server-profile.ts';
import type { MailboxId } from '../../../shared/domain/ids.ts';
import { ItemKind, processOf } from '../../../shared/domain/item.ts';
import type { JobKind } from '../../../shared/domain/mailbox-job.ts';
import { startMailboxJob } from '../../../shared/sync/jobs/start-mailbox-job.ts';
import { contoso, type EngineWorld } from '../engine-world.ts';
import { type Model, mailboxes, profileOf } from './model.ts';

const troubles: readonly EwsFailure[] = [
  { kind: 'http', status: 503 },
  { kind: 'http', status: 401 },
  { kind: 'network', code: 'ECONNREFUSED', sent: false },
  { kind: 'response', code: 'ErrorServerBusy', backOffMs: 90_000 },
  { kind: 'network', code: 'ETIMEDOUT', sent: true },
  { kind: 'response', code: 'ErrorNonExistentMailbox' },
  { kind: 'response', code: 'ErrorInternalServerError' },
];

/** From now on calls fail: those of all mailboxes where it is the server's trouble, else those of one. */
export function exchangeFails({ world }: Model, at: number, mailbox: MailboxId): void {
  const failure = troubles[at % troubles.length] as EwsFailure;
  const ofAll = failure.kind === 'http' || (failure.kind === 'network' && !failure.sent);
  for (const one of ofAll ? mailboxes : [mailbox])
    world.exchange.control.failsWith(one, toEwsSyncError(failure, 'write'));
}

export function exchangeRecovers({ world }: Model, value: number): void {
  for (const one of mailboxes) world.exchange.control.failsWith(one, undefined);
  world.secrets.set('exchange-password', `password ${value}`);
}

export function crmFails({ world }: Model, at: number): void {
  world.crmFailsWith(crmRefused({ operation: 'create', status: [503, 500, 401, 429][at % 4] ?? 503 }));
}

export function crmRecovers({ world }: Model, value: number): void {
  world.crmFailsWith(undefined);
  world.secrets.set('crm-token', `token ${value}`);
}

export async function switchCrm({ world: { stores } }: Model, enabled: boolean): Promise<void> {
  const connection = await stores.directory.findCrmConnection(contoso);
  if (connection) await stores.directory.saveCrmConnection({ ...connection.value, enabled });
}

/** Forward everything that is under way comes to its end; backward it takes longer. */
export async function jumpClock({ world: { clock } }: Model, minutes: number): Promise<void> {
  if (minutes > 0) await clock.advance(minutes * 60_000);
  else clock.set(new Date(clock.now().getTime() + minutes * 60_000));
}

/** What was deleted and not told of yet is in no feed any more: a sweep finds it. */
export function loseFeed({ world }: Model, mailbox: MailboxId, how: 'states' | 'move'): void {
  if (how === 'states') world.exchange.control.forgetSyncStates({ mailboxId: mailbox });
  else world.exchange.control.moveMailbox(mailbox);
}

export async function changeProfile(model: Model, change: Partial<EmailServerProfile>): Promise<void> {
  const profile = await profileOf(model.world);
  await model.world.stores.directory.saveProfile(EmailServerProfile.parse({ ...profile, ...change }));
}

/** As an admin sees that a test passes, and enables what was disabled; whether anything was. */
export async function enableAll({ world }: Model): Promise<boolean> {
  let any = false;
  for (const mailboxId of mailboxes) any = (await enable(world, mailboxId)) || any;
  return any;
}

export async function enable(world: EngineWorld, mailboxId: MailboxId): Promise<boolean> {
  const { stores, exchange, changes, clock, random } = world;
  const key = { organizationId: contoso, mailboxId };
  const disabled: string[] = [];
  for (const kind of ItemKind.options) {
    const status = await stores.statuses.find(key, processOf(kind));
    if (status?.value.disabled !== true) continue;
    disabled.push(kind);
    if (kind === 'appointment') continue;
    const since = clock.now().toISOString();
    await stores.statuses.save(key, processOf(kind), { status: 'unattempted', since, failuresInARow: 0 }, status.etag);
  }
  if (disabled.length > 0) await enableProcess({ ...stores, exchange: exchange.gateway, changes, clock, random }, key);
  return disabled.length > 0;
}

/** As an admin replays what failed, having seen to its cause; how many. */
export async function replayAll({ world }: Model): Promise<number> {
  const { failures } = world.stores;
  const all = await failures.list(contoso, 100);
  for (const { id } of all) await replayFailure({ ...world, failures }, contoso, id);
  return all.length;
}

/** As an admin lets go on what a brake stopped; how many there were. */
export async function releaseAll({ world }: Model): Promise<number> {
  let count = 0;
  for (const mailboxId of mailboxes) {
    const box = { organizationId: contoso, mailboxId };
    const { deps } = world.process();
    for (const { value } of await world.stores.brakes.listActive(box)) {
      await releaseQuarantine(deps, box, value.id, 'an-admin');
      count += 1;
    }
  }
  return count;
}

export async function sweep(model: Model, mailboxId: MailboxId): Promise<void> {
  model.ledger.swept = true;
  await startJob(model, mailboxId, 'sweep');
}

const startJob = ({ world: { stores, jobMessages, clock } }: Model, mailboxId: MailboxId, kind: JobKind) =>
  startMailboxJob(
    { jobs: stores.jobs, jobMessages, clock },
    { organizationId: contoso, mailboxId },
    { kind, by: 'an-admin' },
  );

/** A message that was handled long ago comes again: out of a dead-letter queue, or from a sender that repeats itself. */
export async function deliverAgain({ world: { changes } }: Model, at: number): Promise<void> {
  const all = changes.sent();
  const again = all[(at * 7) % Math.max(all.length, 1)];
  if (again !== undefined) await changes.send([{ body: { ...again, hop: 500 + at } as typeof again }]);
}
