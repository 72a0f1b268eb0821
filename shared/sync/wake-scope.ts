import type { WakeUp } from '../domain/change-message.ts';
import { ItemKind, processOf } from '../domain/item.ts';
import { isEnabled, type Mailbox } from '../domain/mailbox.ts';
import { isActive } from '../domain/mailbox-status.ts';
import type { SecretName } from '../domain/organization.ts';
import { type SyncError, toSyncError } from '../domain/sync-error.ts';
import type { CrmGateway } from '../ports/crm-gateway.ts';
import type { ExchangeGateway } from '../ports/exchange-gateway.ts';
import type { Pause } from '../ports/pause-store.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import { StoreConflict } from '../ports/stored.ts';
import { pauseScope, scopeFields } from './pause-scope.ts';
import { secretOf } from './resolve-scope.ts';
import { type HeldDeps, sendHeldOn } from './send-held-on.ts';

export interface WakeDeps extends HeldDeps {
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
    const trouble = await probe(deps, wakeUp, pause.value);
    if (trouble !== undefined) {
      const { error, refusedSecretVersion } = trouble;
      log.warn({ ...scopeFields(scope), code: error.code }, 'the probe failed: the scope stays paused');
      await pauseScope(deps, scope, error, refusedSecretVersion);
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

interface Trouble {
  readonly error: SyncError;
  readonly refusedSecretVersion: string | undefined;
}

/** One call for the whole scope; gives what still is wrong with it. */
async function probe(deps: WakeDeps, { scope }: WakeUp, pause: Pause): Promise<Trouble | undefined> {
  const refused = pause.refusedSecretVersion;
  let tried = refused;
  try {
    const target = await targetOf(deps, scope);
    if (target === undefined) return undefined;
    tried = await versionToTry(deps, target.secretName, refused);
    await target.call();
    return undefined;
  } catch (thrown) {
    const error = toSyncError(thrown);
    // Of the mailbox that was asked, not of the server: that one answers.
    const { remedy } = error;
    const isOfMailbox = (remedy.kind === 'disable' || remedy.kind === 'pause') && remedy.scope === 'mailbox';
    if (scope.kind === 'profile' && isOfMailbox) return undefined;
    return { error, refusedSecretVersion: error.kind === 'unauthorized' ? tried : refused };
  }
}

interface ProbeTarget {
  readonly secretName: SecretName;
  readonly call: () => Promise<unknown>;
}

async function targetOf(deps: WakeDeps, scope: WakeUp['scope']): Promise<ProbeTarget | undefined> {
  const { directory, crm, exchange } = deps;
  if (scope.kind === 'crmConnection') {
    const connection = await directory.findCrmConnection(scope.organizationId);
    return connection && { secretName: connection.value.tokenSecretName, call: () => crm.probe(connection.value) };
  }
  const asked = scope.kind === 'mailbox' ? await mailboxOf(deps, scope) : await anyMailboxOf(deps, scope);
  const profile = asked && (await directory.findProfile(scope.organizationId, asked.mailbox.profileId));
  if (asked === undefined || profile === undefined) return undefined;
  const access = { mailbox: asked.mailbox, profile: profile.value };
  return { secretName: secretOf(access), call: () => exchange.probe(access, asked.kind) };
}

/** The mailbox, with the first process that is wanted: what is asked for speaks for the mailbox. */
async function mailboxOf(
  { directory }: WakeDeps,
  { organizationId, mailboxId }: Extract<WakeUp['scope'], { kind: 'mailbox' }>,
): Promise<{ readonly mailbox: Mailbox; readonly kind: ItemKind } | undefined> {
  const mailbox = (await directory.findMailbox(organizationId, mailboxId))?.value;
  const profile = mailbox && (await directory.findProfile(organizationId, mailbox.profileId));
  if (mailbox === undefined || profile === undefined) return undefined;
  const kind = ItemKind.options.find((one) => isEnabled(mailbox, profile.value, processOf(one)));
  return { mailbox, kind: kind ?? 'appointment' };
}

/** After a refused sign-in nothing is tried until the vault has another secret: no account is locked by us. */
async function versionToTry({ secrets }: WakeDeps, name: SecretName, refused: string | undefined): Promise<string> {
  if (refused === undefined) return (await secrets.read(name)).version;
  const { version } = await secrets.refresh(name);
  if (version === refused) {
    throw Object.assign(new Error('the secret that was refused is still in the vault'), { name: 'SecretUnchanged' });
  }
  return version;
}

/** Whether the scope is the mailbox's: one with a sign-in of its own is not its profile's. */
const isIn = (scope: Exclude<WakeUp['scope'], { kind: 'crmConnection' }>, mailbox: Mailbox): boolean =>
  scope.kind === 'mailbox'
    ? mailbox.id === scope.mailboxId
    : mailbox.profileId === scope.profileId && mailbox.ownAuthentication === undefined;

/** A mailbox of the profile whose answer speaks for the server: wanted, and without trouble of its own. */
async function anyMailboxOf(
  { directory, statuses }: WakeDeps,
  scope: Extract<WakeUp['scope'], { kind: 'profile' }>,
): Promise<{ readonly mailbox: Mailbox; readonly kind: ItemKind } | undefined> {
  const { organizationId } = scope;
  const profile = await directory.findProfile(organizationId, scope.profileId);
  if (profile === undefined) return undefined;
  for (const mailbox of await directory.listMailboxes(organizationId)) {
    if (!isIn(scope, mailbox)) continue;
    for (const kind of ItemKind.options) {
      if (!isEnabled(mailbox, profile.value, processOf(kind))) continue;
      const status = await statuses.find({ organizationId, mailboxId: mailbox.id }, processOf(kind));
      if (status === undefined || isActive(status.value)) return { mailbox, kind };
    }
  }
  return undefined;
}
