import { expect, test } from '@jest/globals';
import { memoryClock } from '../../../shared/adapters/memory/memory-clock.ts';
import { memoryPauseStore } from '../../../shared/adapters/memory/memory-pause-store.ts';
import { memoryStatusStore } from '../../../shared/adapters/memory/memory-status-store.ts';
import type { PausedScope } from '../../../shared/domain/change-message.ts';
import type { ProcessStatus } from '../../../shared/domain/mailbox-status.ts';
import type { Pause } from '../../../shared/ports/pause-store.ts';
import { recentPauses } from '../../../shared/sync/recent-pauses.ts';
import { recentStatuses } from '../../../shared/sync/recent-statuses.ts';
import { contoso, rep1 } from '../../support/engine-world.ts';

const key = { organizationId: contoso, mailboxId: rep1 };
const scope: PausedScope = { kind: 'mailbox', ...key };
const at = '2026-01-05T09:00:00.000Z';
const pause: Pause = { id: 'p', scope, until: at, since: at, code: 'ErrorServerBusy', times: 1 };
const works: ProcessStatus = { status: 'syncing', since: at, failuresInARow: 0 };

/** The same store, which counts how often it is asked. */
function counted<T extends { find: (...input: never[]) => unknown }>(store: T): T & { asked: number } {
  const counting = {
    ...store,
    asked: 0,
    find(...input: never[]) {
      counting.asked += 1;
      return store.find(...input);
    },
  };
  return counting;
}

test('a burst asks once a second whether its mailbox stands still and how it is doing', async () => {
  const clock = memoryClock();
  const pauses = counted(memoryPauseStore());
  const statuses = counted(memoryStatusStore());
  await statuses.save(key, 'appointments', works);
  const [recent, recentStatus] = [recentPauses(pauses, clock), recentStatuses(statuses, clock)];
  for (let change = 0; change < 50; change++) {
    expect(await recent.find(scope)).toBeUndefined();
    expect((await recentStatus.find(key, 'appointments'))?.value).toEqual(works);
  }
  expect([pauses.asked, statuses.asked]).toEqual([1, 1]);
  await clock.advance(1_000);
  await Promise.all([recent.find(scope), recentStatus.find(key, 'appointments')]);
  expect([pauses.asked, statuses.asked]).toEqual([2, 2]);
});

test('a pause of this process is seen at once, one of another after a second', async () => {
  const clock = memoryClock();
  const pauses = memoryPauseStore();
  const [here, elsewhere] = [recentPauses(pauses, clock), recentPauses(pauses, clock)];
  expect([await here.find(scope), await elsewhere.find(scope)]).toEqual([undefined, undefined]);
  await here.save(pause);
  expect((await here.find(scope))?.value).toEqual(pause);
  expect(await elsewhere.find(scope)).toBeUndefined();
  await clock.advance(1_000);
  expect((await elsewhere.find(scope))?.value).toEqual(pause);
});

test('that a scope stands still is never believed: its end is seen at once, whoever ended it', async () => {
  const pauses = memoryPauseStore();
  const recent = recentPauses(pauses, memoryClock());
  await recent.save(pause);
  const found = await recent.find(scope);
  if (found === undefined) throw new Error('the pause is not there');
  await pauses.remove(found);
  expect(await recent.find(scope)).toBeUndefined();
});

test.each(['notEnabled', 'disabled'])('that a process is %s is never believed', async (how) => {
  const statuses = memoryStatusStore();
  const recent = recentStatuses(statuses, memoryClock());
  const stands: ProcessStatus =
    how === 'notEnabled' ? { ...works, status: 'notEnabled' } : { ...works, status: 'forbidden', disabled: true };
  const etag = await recent.save(key, 'appointments', stands);
  expect((await recent.find(key, 'appointments'))?.value).toEqual(stands);
  await statuses.save(key, 'appointments', works, etag);
  expect((await recent.find(key, 'appointments'))?.value).toEqual(works);
});
