import { eventually } from './eventually.ts';
import type { LocalEnvironment } from './local-environment.ts';

const mailboxes = ['mailbox-rep1', 'mailbox-rep2'];

/**
 * Waits until both mailboxes were looked into once, which ends what is still under way, and three times more, or as often as said, and
 * counts what is written to Exchange meanwhile.
 */
export async function writesWhilePolling(environment: LocalEnvironment, rounds = 3): Promise<number> {
  const { exchange } = environment;
  const look = () => Promise.all(mailboxes.map((mailboxId) => untilPolled(environment, mailboxId)));
  await look();
  const before = await exchange.writes();
  for (let round = 0; round < rounds; round++) await look();
  return (await exchange.writes()) - before;
}

/** Resolves when the mailbox was looked into once more: what lies in it is known to its feed. */
export async function untilPolled(environment: LocalEnvironment, mailboxId: string): Promise<void> {
  const begun = new Date().toISOString();
  let pollAt = 0;
  await eventually(async () => {
    if (Date.now() >= pollAt) {
      pollAt = Date.now() + 2_000;
      await environment.pollNow(mailboxId);
    }
    const last = (await environment.lastPolledAt(mailboxId)) ?? 'never';
    if (last === 'never' || last <= begun) throw new Error(`${mailboxId} was last looked into ${last}`);
  }, 30_000);
}
