import type { OrganizationId } from '../../domain/ids.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { DirectoryStore } from '../../ports/directory-store.ts';
import type { MailboxAccess } from '../../ports/exchange-gateway.ts';
import type { FailureStore } from '../../ports/failure-store.ts';
import type { PauseStore } from '../../ports/pause-store.ts';
import type { PollScheduleStore } from '../../ports/poll-schedule-store.ts';
import type { ReviewStore } from '../../ports/review-store.ts';
import type { SecretStore } from '../../ports/secret-store.ts';
import type { StatusStore } from '../../ports/status-store.ts';
import type { FirstSyncGate } from '../../sync/jobs/first-sync-gate.ts';
import type { ReconcileDeps, ReconcileScope } from '../../sync/reconcile-types.ts';
import { type ActiveOrganization, findActiveOrganization } from '../../sync/resolve-scope.ts';
import { type Statement, says, stops } from './statement.ts';

/** Everything is read, nothing is written. */
export interface ExplainDeps extends ReconcileDeps {
  readonly directory: DirectoryStore;
  readonly statuses: StatusStore;
  readonly pauses: PauseStore;
  readonly schedules: PollScheduleStore;
  readonly failures: FailureStore;
  readonly reviews: ReviewStore;
  readonly secrets: SecretStore;
  readonly firstSync: FirstSyncGate;
}

/** What was asked of another system, or that it did not answer. */
export async function asked<T>(
  whom: 'crm' | 'exchange' | 'vault',
  question: Promise<T>,
): Promise<{ readonly answer: T } | { readonly silence: Statement }> {
  try {
    return { answer: await question };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const name = { crm: 'The CRM', exchange: 'Exchange', vault: 'The vault' }[whom];
    const text = `${name} does not answer as it should (${error.code}): what it would say is not known. ${error.message}`;
    return { silence: says(`${whom}Unreachable`, text, { errorCode: error.code }) };
  }
}

/** The organization with its CRM, or why nothing of it is synced. */
export async function findOrganization(
  { directory }: ExplainDeps,
  id: OrganizationId,
): Promise<ActiveOrganization | Statement> {
  const active = await findActiveOrganization(directory, id);
  if (active !== undefined) return active;
  const organization = await directory.findOrganization(id);
  if (organization === undefined) return stops('unknownOrganization', 'There is no such organization.');
  return organization.value.state === 'suspended'
    ? stops('suspended', 'The organization is suspended: what changes meanwhile waits.')
    : stops('crmOff', 'The connection to the CRM is switched off or missing: what changes meanwhile waits.');
}

/** The scope as the engine would have it; the key is read for comparing, and is needed for the plan alone. */
export async function scopeFor(
  { secrets }: ExplainDeps,
  { organization, connection }: ActiveOrganization,
  access: MailboxAccess,
): Promise<ReconcileScope | Statement> {
  const key = await asked('vault', secrets.read(organization.fingerprintSecretName));
  return 'silence' in key ? key.silence : { access, connection, fingerprintKey: key.answer.reveal() };
}
