import type { ChangeMessage } from '../domain/change-message.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { CrmConnection } from '../domain/organization.ts';
import { toSyncError } from '../domain/sync-error.ts';
import type { CrmGateway, RecordChange } from '../ports/crm-gateway.ts';
import type { CursorStore } from '../ports/cursor-store.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import { StoreConflict } from '../ports/stored.ts';
import { isPaused, type PauseDeps, pauseScope } from './pause-scope.ts';
import { findActiveOrganization } from './resolve-scope.ts';

export interface PollCrmDeps extends PauseDeps {
  readonly directory: DirectoryStore;
  readonly crm: CrmGateway;
  readonly cursors: CursorStore;
  readonly secrets: SecretStore;
}

/** A feed that is not commit-ordered shows a change late: five minutes are read again, and reconcile finds nothing to do. */
const overlapSeconds = 300;
const mostPages = 50;

/** Queues what the CRM says has changed: what webhooks missed. One organization's trouble is not another's. */
export async function pollCrm(deps: PollCrmDeps): Promise<void> {
  for (const { id } of await deps.directory.listOrganizations()) {
    const active = await findActiveOrganization(deps.directory, id);
    if (active === undefined || (await isPaused(deps, { kind: 'crmConnection', organizationId: id }))) continue;
    try {
      await readFeed(deps, id, active.connection);
    } catch (thrown) {
      const error = toSyncError(thrown);
      deps.log.warn({ organizationId: id, code: error.code, remedy: error.remedy.kind }, 'the CRM could not be polled');
      if (error.remedy.kind === 'resync') await startFeedAnew(deps, id, active.connection);
      if (error.remedy.kind !== 'pause' && error.remedy.kind !== 'disable') continue;
      const version =
        error.kind === 'unauthorized'
          ? (await deps.secrets.read(active.connection.tokenSecretName)).version
          : undefined;
      await pauseScope(deps, { kind: 'crmConnection', organizationId: id }, error, version);
    }
  }
}

/** The CRM no longer knows the watermark: reading goes on from now, and the log says from when on nothing was missed. */
async function startFeedAnew(
  { crm, cursors, log }: PollCrmDeps,
  organizationId: OrganizationId,
  connection: CrmConnection,
): Promise<void> {
  const mark = await cursors.findWatermark(organizationId);
  const { watermark } = await crm.listChanges(connection, undefined, 0);
  await cursors.saveWatermark(organizationId, watermark, mark?.etag);
  log.error(
    { organizationId },
    'the CRM forgot the watermark: changes that no webhook told of since the last poll may be missing',
  );
}

/** Page by page: the changes are on the queue before the watermark is saved. */
async function readFeed(deps: PollCrmDeps, organizationId: OrganizationId, connection: CrmConnection): Promise<void> {
  const { crm, cursors, changes, clock } = deps;
  let mark = await cursors.findWatermark(organizationId);
  // The overlap is for the first page only: the pages after it go on from where that one ended.
  let overlap = connection.commitOrderedFeed ? 0 : overlapSeconds;
  for (let page = 0; page < mostPages; page++) {
    const { changes: found, watermark, more } = await crm.listChanges(connection, mark?.value, overlap);
    overlap = 0;
    await changes.send(found.map((change) => ({ body: messageOf(change, organizationId, clock.now().toISOString()) })));
    if (watermark !== mark?.value) {
      try {
        mark = { value: watermark, etag: await cursors.saveWatermark(organizationId, watermark, mark?.etag) };
      } catch (error) {
        if (error instanceof StoreConflict) return;
        throw error;
      }
    }
    if (!more) return;
  }
}

function messageOf(
  { kind, recordId, version, ownerId }: RecordChange,
  organizationId: OrganizationId,
  seenAt: string,
): ChangeMessage {
  return {
    kind: 'crmChange',
    schema: 1,
    organizationId,
    recordId,
    version,
    ...(ownerId === undefined ? {} : { ownerId }),
    reason: kind,
    attempt: 1,
    hop: 0,
    lagged: 0,
    seenAt,
  };
}
