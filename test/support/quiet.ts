import { eventually } from './eventually.ts';
import type { LocalEnvironment } from './local-environment.ts';

/** Waits until both mailboxes were looked into twice more, or as often as said, and counts what was written to Exchange meanwhile. */
export async function writesWhilePolling(environment: LocalEnvironment, rounds = 2): Promise<number> {
  const { exchange } = environment;
  const before = await exchange.writes();
  for (let round = 0; round < rounds; round++) {
    const looksBefore = await looks(environment);
    await Promise.all(['mailbox-rep1', 'mailbox-rep2'].map((mailboxId) => environment.lookInto(mailboxId)));
    await eventually(async () => {
      if ((await looks(environment)) < looksBefore + 2) throw new Error('the mailboxes were not looked into');
    }, 30_000);
  }
  return (await exchange.writes()) - before;
}

const looks = async ({ exchange }: LocalEnvironment) => (await exchange.requests()).operations['SyncFolderItems'] ?? 0;
