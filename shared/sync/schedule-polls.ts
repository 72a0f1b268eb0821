import type { PollMessage } from '../domain/change-message.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { Pause } from '../ports/pause-store.ts';
import type { PollScheduleStore } from '../ports/poll-schedule-store.ts';
import { StoreConflict } from '../ports/stored.ts';
import { chunks } from './chunks.ts';
import { findActiveOrganization } from './resolve-scope.ts';
import { type HeldDeps, sendHeldOn } from './send-held-on.ts';

export interface ScheduleDeps extends HeldDeps {
  readonly schedules: PollScheduleStore;
  readonly polls: MessageQueue<PollMessage>;
}

const mailboxesInMessage = 20;
/** A poll that was asked for and has not happened by then is asked for again. */
const askAgainAfterMs = 90_000;
/** A pause whose wake-up is this late has lost it. */
const wakeUpIsLostAfterMs = 120_000;
const putOffTogether = 16;
/** As functions/schedule-polls.ts has it. */
const secondsBetweenRuns = 10;

/** Asks for a look into every mailbox whose time has come, and mends pauses and held changes that nothing else would end. */
export async function schedulePolls(deps: ScheduleDeps): Promise<void> {
  for (const { id } of await deps.directory.listOrganizations()) {
    // Where the CRM is switched off nothing is read: what changes meanwhile is still in the mailboxes' feeds.
    if ((await findActiveOrganization(deps.directory, id)) === undefined) continue;
    await askForPolls(deps, id);
    await mendPauses(deps, id);
  }
}

/** The messages go first, then the rows are put off: dying between asks twice, and the lease lets one of them poll. */
async function askForPolls(deps: ScheduleDeps, organizationId: OrganizationId): Promise<void> {
  const now = deps.clock.now();
  const dueAt = now.toISOString();
  const due = (await deps.schedules.listDue(organizationId, dueAt)).filter(
    ({ leaseUntil }) => !(leaseUntil !== undefined && leaseUntil > dueAt),
  );
  const messages = [...Map.groupBy(due, ({ profileId }) => profileId)].map(([profileId, rows]) =>
    chunks(rows, mailboxesInMessage).map((some) => ({
      body: {
        kind: 'poll',
        schema: 1,
        organizationId,
        profileId,
        mailboxIds: some.map(({ mailboxId }) => mailboxId),
        dueAt,
      } as const,
    })),
  );
  await deps.polls.send(messages.flat());
  for (const some of chunks(due, putOffTogether)) {
    await Promise.all(
      some.map(({ mailboxId }) => putOff(deps, { organizationId, mailboxId }, now.getTime() + askAgainAfterMs)),
    );
  }
}

async function putOff({ schedules }: ScheduleDeps, key: MailboxKey, until: number): Promise<void> {
  const row = await schedules.find(key);
  // It is being polled already, or was.
  const asked = until - askAgainAfterMs;
  if (row === undefined || Date.parse(row.value.leaseUntil ?? '') > asked || Date.parse(row.value.dueAt) > asked)
    return;
  try {
    await schedules.save(key, { ...row.value, dueAt: new Date(until).toISOString() }, row.etag);
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
  }
}

/** The safety net under wake-ups: a pause that lost its own gets another; what was held in the moment its scope went on is sent on. */
async function mendPauses(deps: ScheduleDeps, organizationId: OrganizationId): Promise<void> {
  const now = deps.clock.now();
  const lateMs = ({ until }: Pause) => now.getTime() - Date.parse(until);
  const lost = (await deps.pauses.list(organizationId)).filter((pause) => lateMs(pause) > wakeUpIsLostAfterMs);
  await deps.changes.send(
    lost.map((pause) => {
      const hop = Math.floor(lateMs(pause) / 60_000);
      return { body: { kind: 'wakeUp', schema: 1, scope: pause.scope, pauseId: pause.id, hop } as const };
    }),
  );
  // Reading all rows each time would cost more than what it finds.
  if (now.getUTCSeconds() < secondsBetweenRuns) await sendHeldOn(deps, organizationId);
}
