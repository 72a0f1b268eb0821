import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { RpcTypedData } from '../../../local/functions-host/core-types.ts';
import type { RegisteredFunction } from '../../../local/functions-host/function-registry.ts';
import { parseSchedule } from '../../../local/functions-host/schedule.ts';
import { startTimer, type Timer } from '../../../local/functions-host/timer.ts';

const fn: RegisteredFunction = {
  id: 'f',
  name: 'f',
  metadata: { name: 'f', bindings: {} },
  callback: () => undefined,
  trigger: { name: 'timer', type: 'timerTrigger' },
};

let timer: Timer | undefined;
const runs: { at: string; info: Record<string, unknown> }[] = [];

const start = (schedule: string, work: () => Promise<void> = async () => undefined): void => {
  timer = startTimer({
    fn,
    schedule: parseSchedule(schedule),
    log: () => undefined,
    invoke: async (data: RpcTypedData) => {
      runs.push({ at: new Date().toISOString().slice(14, 19), info: JSON.parse(data.json ?? '') });
      await work();
    },
  });
};

beforeEach(() => {
  runs.length = 0;
  jest.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00.500Z') });
});

afterEach(() => {
  timer?.stop();
  jest.useRealTimers();
});

test('runs at each occurrence, once', async () => {
  start('0 * * * * *');
  await jest.advanceTimersByTimeAsync(150_000);
  expect(runs.map((run) => run.at)).toEqual(['01:00', '02:00']);
  expect(runs[1]?.info).toMatchObject({
    IsPastDue: false,
    ScheduleStatus: { Last: '2026-01-01T00:01:00.000Z', Next: '2026-01-01T00:02:00.000Z' },
  });
});

test('waits for occurrences further away than a timer of Node can count', async () => {
  start('0 0 0 1 3 *');
  await jest.advanceTimersByTimeAsync(Date.parse('2026-03-01T00:00:01Z') - Date.now());
  expect(runs).toHaveLength(1);
});

test('leaves out the occurrences during a run instead of overlapping', async () => {
  start('*/10 * * * * *', () => new Promise((resolve) => setTimeout(resolve, 25_000)));
  await jest.advanceTimersByTimeAsync(45_000);
  expect(runs.map((run) => run.at)).toEqual(['00:10', '00:40']);
});

test('goes on after a run that failed', async () => {
  start('0 * * * * *', async () => {
    throw new Error('no');
  });
  await jest.advanceTimersByTimeAsync(150_000);
  expect(runs).toHaveLength(2);
});

test('says that it is past due when the machine slept over the occurrence', async () => {
  start('0 * * * * *');
  jest.setSystemTime(Date.parse('2026-01-01T00:10:00Z'));
  await jest.advanceTimersByTimeAsync(60_000);
  expect(runs[0]?.info).toMatchObject({ IsPastDue: true });
});

test('a run by hand waits for the present run and rejects with what the function threw', async () => {
  start('0 * * * * *', async () => {
    throw new Error('no');
  });
  await expect(timer?.run()).rejects.toThrow('no');
});

test('stops', async () => {
  start('0 * * * * *');
  timer?.stop();
  await jest.advanceTimersByTimeAsync(150_000);
  expect(runs).toEqual([]);
});
