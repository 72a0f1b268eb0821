import { expect, test } from '@jest/globals';
import { memoryClock } from '../../../shared/adapters/memory/memory-clock.ts';

test('runs what becomes due in the order and at the time it is due', async () => {
  const clock = memoryClock('2026-01-05T09:00:00.000Z');
  const ran: string[] = [];
  const note = (name: string) => () => void ran.push(`${name} ${clock.now().toISOString().slice(14, 23)}`);
  clock.after(3_000, note('third'));
  clock.after(1_000, note('first'));
  clock.after(1_000, note('second'));
  clock.after(9_000, note('never'));
  await clock.advance(5_000);
  expect(ran).toEqual(['first 00:01.000', 'second 00:01.000', 'third 00:03.000']);
  expect(clock.now()).toEqual(new Date('2026-01-05T09:00:05.000Z'));
  expect(clock.nextActionAt()).toEqual(new Date('2026-01-05T09:00:09.000Z'));
});

test('runs what an action asks for once its promises went on', async () => {
  const clock = memoryClock();
  const ran: string[] = [];
  clock.after(1_000, () => {
    void Promise.resolve().then(() => clock.after(1_000, () => void ran.push('asked for later')));
  });
  await clock.advance(2_000);
  expect(ran).toEqual(['asked for later']);
});

test('does not run what was called off', async () => {
  const clock = memoryClock();
  const ran: string[] = [];
  const callOff = clock.after(1_000, () => void ran.push('called off'));
  callOff();
  await clock.advance(2_000);
  expect(ran).toEqual([]);
  expect(clock.nextActionAt()).toBeUndefined();
});
