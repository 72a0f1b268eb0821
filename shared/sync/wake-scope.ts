import type { WakeUp } from '../domain/change-message.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import type { SecretName } from '../domain/organization.ts';
import { toSyncError } from '../domain/sync-error.ts';
import type { CrmGateway } from '../ports/crm-gateway.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { ExchangeGateway } from '../ports/exchange-gateway.ts';
import type { Pause } from '../ports/pause-store.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import { StoreConflict } from '../ports/stored.ts';
import { type PauseDeps, pauseScope, scopeFields, sendHeldOn } from './pause-scope.ts';
import { secretOf } from './resolve-scope.ts';

export interface WakeDeps extends PauseDeps {
  readonly directory: DirectoryStore;
  readonly exchange: ExchangeGateway;
  readonly crm: CrmGateway;
  readonly secrets: SecretStore;
}

/** A pause may be over: one probe decides for the whole scope, then what waited is sent on. */
export async function wakeScope(deps: WakeDeps, wakeUp: WakeUp): Promise<void> {
  const { pauses, clock, log } = deps;
  const { scope } = wakeUp;
  const pause = await pauses.find(scope);
  if (pause !== undefined) {
    // A later pause has its own wake-up; one that came early waits for its time.
    if (pause.value.id !== wakeUp.pauseId && Date.parse(pause.value.until) > clock.now().getTime()) return;
    const left = Date.parse(pause.value.until) - clock.now().getTime();
    if (left > 0) return resend(deps, wakeUp, new Date(clock.now().getTime() + left));
    try {
      await probe(deps, wakeUp, pause.value);
    } catch (error) {
      const failure = toSyncError(error);
      log.warn({ ...scopeFields(scope), code: failure.code }, 'the probe failed: the scope stays paused');
      await pauseScope(deps, scope, { code: failure.code, remedy: failure.remedy }, pause.value.refusedSecretVersion);
      return;
    }
    try {
      await pauses.remove(pause);
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      return;
    }
    log.info(scopeFields(scope), 'scope resumed');
  }
  const mailbox = scope.kind === 'mailbox' ? scope.mailboxId : undefined;
  if (await sendHeldOn(deps, scope.organizationId, mailbox)) await resend(deps, wakeUp);
}

async function resend({ changes }: WakeDeps, wakeUp: WakeUp, at?: Date): Promise<void> {
  await changes.send([{ body: { ...wakeUp, hop: wakeUp.hop + 1 }, ...(at === undefined ? {} : { at }) }]);
}

async function probe(deps: WakeDeps, { scope }: WakeUp, pause: Pause): Promise<void> {
  const { directory } = deps;
  if (scope.kind === 'crmConnection') {
    const connection = await directory.findCrmConnection(scope.organizationId);
    if (connection === undefined) return;
    await refuseOldSecret(deps, pause, connection.value.tokenSecretName);
    await deps.crm.probe(connection.value);
    return;
  }
  const mailbox =
    scope.kind === 'mailbox'
      ? (await directory.findMailbox(scope.organizationId, scope.mailboxId))?.value
      : await anyMailboxOf(deps, scope);
  const profile = mailbox && (await directory.findProfile(scope.organizationId, mailbox.profileId));
  if (mailbox === undefined || profile === undefined) return;
  const access = { mailbox, profile: profile.value };
  await refuseOldSecret(deps, pause, secretOf(access));
  await deps.exchange.probe(access);
}

/** After a refused sign-in nothing is tried until the vault has another secret: no account is locked by us. */
async function refuseOldSecret({ secrets }: WakeDeps, pause: Pause, name: SecretName): Promise<void> {
  if (pause.refusedSecretVersion === undefined) return;
  const { version } = await secrets.refresh(name);
  if (version === pause.refusedSecretVersion) {
    throw Object.assign(new Error('the secret that was refused is still in the vault'), { name: 'SecretUnchanged' });
  }
}

async function anyMailboxOf(
  { directory, pauses }: WakeDeps,
  scope: Extract<WakeUp['scope'], { kind: 'profile' }>,
): Promise<Mailbox | undefined> {
  for (const { value } of await pauses.listHeld(scope.organizationId, undefined, 20)) {
    const mailbox = await directory.findMailbox(scope.organizationId, value.mailboxId);
    if (mailbox?.value.profileId === scope.profileId) return mailbox.value;
  }
  return (await directory.listMailboxes(scope.organizationId)).find(({ profileId }) => profileId === scope.profileId);
}
