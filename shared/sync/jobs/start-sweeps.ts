import { hashOf } from '../../domain/hash.ts';
import type { MailboxId, OrganizationId } from '../../domain/ids.ts';
import type { Mailbox } from '../../domain/mailbox.ts';
import type { DirectoryStore } from '../../ports/directory-store.ts';
import type { Log } from '../../ports/log.ts';
import { findActiveOrganization } from '../resolve-scope.ts';
import { enabledKinds } from './job-types.ts';
import { mendJobs, type StartJobDeps, startMailboxJob } from './start-mailbox-job.ts';

export interface SweepDeps extends StartJobDeps {
  readonly directory: DirectoryStore;
  readonly log: Log;
}

/** Starts sweeps after a cursor was lost: of one mailbox, or of all of an organization. */
export type SweepStarter = (organization: OrganizationId, mailbox?: MailboxId) => Promise<void>;

const minuteMs = 60_000;
/** All mailboxes at once would be a storm. */
const spreadMs = 30 * minuteMs;

export function sweepStarter(deps: SweepDeps): SweepStarter {
  return async (organizationId, mailboxId) => {
    if (mailboxId !== undefined) return start(deps, organizationId, mailboxId, 0);
    for (const mailbox of await wanted(deps, organizationId))
      await start(deps, organizationId, mailbox.id, shareOf(mailbox.id) * spreadMs);
  };
}

/** The night is from midnight to six in UTC; each mailbox has its own moment in it, the same every night. */
const nightMs = 6 * 60 * minuteMs;
/** As often as functions/nightly-sweep.ts asks. */
export const minutesBetweenRuns = 5;
/** Longer than between two runs, so that one that was left out is made up for. */
const reachBackMs = 3 * minutesBetweenRuns * minuteMs;
const restMs = 12 * 60 * minuteMs;

/** Starts the sweeps whose moment has come, and mends jobs that lost their message. One organization's trouble is not another's. */
export async function nightlySweep(deps: SweepDeps): Promise<void> {
  for (const { id } of await deps.directory.listOrganizations()) {
    try {
      await mendJobs(deps, id);
      await startDue(deps, id);
    } catch (error) {
      deps.log.error({ organizationId: id }, 'the nightly sweeps could not be started', error);
    }
  }
}

async function startDue(deps: SweepDeps, organizationId: OrganizationId): Promise<void> {
  const now = deps.clock.now();
  const intoNightMs = now.getTime() % (24 * 60 * minuteMs);
  if (intoNightMs > nightMs + reachBackMs) return;
  if ((await findActiveOrganization(deps.directory, organizationId)) === undefined) return;
  for (const { id } of await wanted(deps, organizationId)) {
    const lateMs = intoNightMs - shareOf(id) * nightMs;
    if (lateMs < 0 || lateMs > reachBackMs) continue;
    const [last] = await deps.jobs.list(organizationId, { mailboxId: id, kind: 'sweep' });
    const rested = !(now.getTime() - Date.parse(last?.createdAt ?? '') < restMs);
    if (rested) await start(deps, organizationId, id, 0);
  }
}

/** Mailboxes that sync anything at all. */
async function wanted({ directory }: SweepDeps, organizationId: OrganizationId): Promise<Mailbox[]> {
  const profiles = new Map((await directory.listProfiles(organizationId)).map((profile) => [profile.id, profile]));
  return (await directory.listMailboxes(organizationId)).filter((mailbox) => {
    const profile = profiles.get(mailbox.profileId);
    return profile !== undefined && enabledKinds(mailbox, profile).length > 0;
  });
}

const start = async (deps: SweepDeps, organizationId: OrganizationId, mailboxId: MailboxId, afterMs: number) =>
  void (await startMailboxJob(deps, { organizationId, mailboxId }, { kind: 'sweep', by: 'engine', afterMs }));

/** The mailbox's share of the night, in [0, 1). */
const shareOf = (mailbox: MailboxId): number => Number.parseInt(hashOf('sweep', mailbox).slice(0, 8), 16) / 2 ** 32;
