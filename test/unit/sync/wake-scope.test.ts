import { beforeEach, describe, expect, test } from '@jest/globals';
import { ProfileId } from '../../../shared/domain/ids.ts';
import type { StatusCode } from '../../../shared/domain/mailbox-status.ts';
import { type Remedy, SyncError } from '../../../shared/domain/sync-error.ts';
import { isPaused } from '../../../shared/sync/pause-scope.ts';
import { contoso, type EngineWorld, engineWorld, rep1, rep2 } from '../../support/engine-world.ts';

let world: EngineWorld;
beforeEach(async () => {
  world = await engineWorld();
});

const profile = { kind: 'profile', organizationId: contoso, profileId: ProfileId.parse('main') } as const;
const statusOf = async (mailboxId: typeof rep1) =>
  (await world.stores.statuses.find({ organizationId: contoso, mailboxId }, 'appointments'))?.value.status;

/** A process whose probes and writes meet this error until it is undefined. */
function processThatMeets(trouble: { error: SyncError | undefined }) {
  const worker = world.process();
  const gateway = worker.deps.exchange;
  let probes = 0;
  worker.deps.exchange = {
    ...gateway,
    probe: async (access) => {
      probes += 1;
      if (trouble.error !== undefined) throw trouble.error;
      return gateway.probe(access);
    },
    listChanges: async (access, kind, state) => {
      if (trouble.error !== undefined) throw trouble.error;
      return gateway.listChanges(access, kind, state);
    },
  };
  return { worker, probes: () => probes };
}

const unauthorized = new SyncError('refused', {
  code: 'HTTP_401',
  kind: 'unauthorized',
  status: 'unauthorized',
  remedy: { kind: 'pause', scope: 'profile' },
});
const troubleOf = (status: StatusCode, remedy: Remedy) => new SyncError('trouble', { code: status, status, remedy });

describe('a profile that is paused', () => {
  test('syncs its mailboxes again once the right password is stored, and tries no refused one twice', async () => {
    const trouble: { error: SyncError | undefined } = { error: unauthorized };
    const { worker, probes } = processThatMeets(trouble);
    await world.run(10 * 60_000, worker);
    expect(await statusOf(rep1)).toBe('unauthorized');
    expect(probes()).toBe(0);

    world.secrets.set('exchange-password', 'wrong again');
    await world.run(60 * 60_000, worker);
    expect(probes()).toBe(1);

    trouble.error = undefined;
    world.secrets.set('exchange-password', 'right');
    await world.run(60 * 60_000, worker);
    expect(await isPaused(worker.deps, profile)).toBe(false);
    expect([await statusOf(rep1), await statusOf(rep2)]).toEqual(['syncing', 'syncing']);
  });

  test('goes on after its server could not be reached, although each mailbox was disabled by that', async () => {
    const error = troubleOf('invalidServerUrl', { kind: 'pause', scope: 'profile', forMs: 30_000 });
    const trouble: { error: SyncError | undefined } = { error };
    const { worker } = processThatMeets(trouble);
    await world.run(0, worker);
    await world.run(61_000, worker);
    expect(await statusOf(rep1)).toBe('invalidServerUrl');
    trouble.error = undefined;
    await world.run(30 * 60_000, worker);
    expect(await statusOf(rep1)).toBe('syncing');
  });

  test('goes on when the mailbox that was asked has trouble of its own', async () => {
    const trouble: { error: SyncError | undefined } = {
      error: troubleOf('notSyncing', { kind: 'pause', scope: 'profile', forMs: 30_000 }),
    };
    const { worker } = processThatMeets(trouble);
    await world.run(61_000, worker);
    expect(await isPaused(worker.deps, profile)).toBe(true);
    trouble.error = troubleOf('impersonationFailed', { kind: 'disable', scope: 'mailbox' });
    await world.run(30 * 60_000, worker);
    expect(await isPaused(worker.deps, profile)).toBe(false);
  });
});
