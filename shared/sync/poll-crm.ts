import type { ChangeMessage } from '../domain/change-message.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { CrmConnection } from '../domain/organization.ts';
import { SyncError } from '../domain/sync-error.ts';
import { formatWatermark, parseWatermark } from '../domain/watermark.ts';
import type { CrmGateway, RecordChange } from '../ports/crm-gateway.ts';
import type { CursorStore } from '../ports/cursor-store.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import { StoreConflict } from '../ports/stored.ts';
import type { SweepStarter } from './jobs/start-sweeps.ts';
import { isPaused, type PauseDeps, pauseScope } from './pause-scope.ts';
import { findActiveOrganization, refusedVersion } from './resolve-scope.ts';

export interface PollCrmDeps extends PauseDeps {
  readonly directory: DirectoryStore;
  readonly crm: CrmGateway;
  readonly cursors: CursorStore;
  readonly secrets: SecretStore;
  readonly startSweeps: SweepStarter;
}

/** A feed that is not commit-ordered shows a change late: five minutes are read again, and reconcile finds nothing to do. */
const overlapSeconds = 300;
const mostPages = 50;

/** Queues what the CRM says has changed: what webhooks missed. One organization's trouble is not another's. */
export async function pollCrm(deps: PollCrmDeps): Promise<void> {
  for (const { id } of await deps.directory.listOrganizations()) {
    try {
      await pollOne(deps, id);
    } catch (error) {
      deps.log.error({ organizationId: id }, 'the CRM could not be polled', error);
    }
  }
}

async function pollOne(deps: PollCrmDeps, organizationId: OrganizationId): Promise<void> {
  const active = await findActiveOrganization(deps.directory, organizationId);
  if (active === undefined || (await isPaused(deps, { kind: 'crmConnection', organizationId }))) return;
  try {
    await readFeed(deps, organizationId, active.connection);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    await settleError(deps, organizationId, active.connection, error);
  }
}

async function settleError(
  deps: PollCrmDeps,
  organizationId: OrganizationId,
  connection: CrmConnection,
  error: SyncError,
): Promise<void> {
  const { remedy } = error;
  deps.log.warn({ organizationId, code: error.code, remedy: remedy.kind }, 'the CRM could not be polled');
  if (remedy.kind === 'resync') return startFeedAnew(deps, organizationId, connection);
  if (remedy.kind !== 'pause' && remedy.kind !== 'disable') return;
  const version = await refusedVersion(deps.secrets, error, connection.tokenSecretName);
  await pauseScope(deps, { kind: 'crmConnection', organizationId }, error, version);
}

/** The CRM no longer knows the watermark: reading goes on from now, and sweeps look for what no webhook told of meanwhile. */
async function startFeedAnew(
  { crm, cursors, clock, log, startSweeps }: PollCrmDeps,
  organizationId: OrganizationId,
  connection: CrmConnection,
): Promise<void> {
  const mark = await cursors.findWatermark(organizationId);
  const { watermark } = await crm.listChanges(connection, undefined, 0);
  // Before the watermark is saved: dying between starts them again.
  await startSweeps(organizationId);
  await cursors.saveWatermark(organizationId, formatWatermark(watermark, clock.now()), mark?.etag);
  log.error(
    { organizationId },
    'the CRM forgot the watermark: all mailboxes are swept for changes that no webhook told of',
  );
}

/** Page by page: the changes are on the queue before the watermark is saved. */
async function readFeed(deps: PollCrmDeps, organizationId: OrganizationId, connection: CrmConnection): Promise<void> {
  const { crm, cursors, changes, clock } = deps;
  let stored = await cursors.findWatermark(organizationId);
  const begun = stored && parseWatermark(stored.value);
  const movedMs = clock.now().getTime() - Date.parse(begun?.movedAt ?? '');
  // Once more after it came to rest, and then no more: an idle feed is not read over and over.
  const mayComeLate = !connection.commitOrderedFeed && movedMs < 2 * overlapSeconds * 1_000;
  // The overlap is for the first page only: the pages after it go on from where that one ended.
  let overlap = mayComeLate ? overlapSeconds : 0;
  for (let page = 0; page < mostPages; page++) {
    const before = stored && parseWatermark(stored.value).watermark;
    const { changes: found, watermark, more } = await crm.listChanges(connection, before, overlap);
    overlap = 0;
    await changes.send(found.map((change) => ({ body: messageOf(change, organizationId, clock.now().toISOString()) })));
    if (watermark !== before) {
      // Reading the overlap again goes through its pages and comes to rest where it began: nothing has moved.
      const moved = begun === undefined || (!more && watermark !== begun.watermark);
      const next = formatWatermark(watermark, moved ? clock.now() : new Date(begun.movedAt));
      try {
        stored = { value: next, etag: await cursors.saveWatermark(organizationId, next, stored?.etag) };
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
