import { expect, test } from '@jest/globals';
import { memoryClock } from '../../../shared/adapters/memory/memory-clock.ts';
import { memoryMessageQueue } from '../../../shared/adapters/memory/memory-message-queue.ts';

test('a test sees what is due, what waits, what was sent, and when something comes', async () => {
  const clock = memoryClock('2026-01-05T09:00:00.000Z');
  const queue = memoryMessageQueue<{ id: string }>({ clock });
  const at = new Date('2026-01-05T09:01:00.000Z');
  await queue.send([{ body: { id: 'later' }, at }, { body: { id: 'a' } }, { body: { id: 'b' } }]);
  expect(queue.due()).toEqual([{ id: 'a' }, { id: 'b' }]);
  expect(queue.waiting()).toHaveLength(3);
  expect(queue.take((count) => count - 1)).toEqual({ id: 'b' });
  expect(queue.take()).toEqual({ id: 'a' });
  expect(queue.take()).toBeUndefined();
  expect(queue.nextDueAt()).toEqual(at);
  await clock.advance(60_000);
  expect(queue.take()).toEqual({ id: 'later' });
  expect(queue.nextDueAt()).toBeUndefined();
  expect(queue.sent()).toEqual([{ id: 'later' }, { id: 'a' }, { id: 'b' }]);
});

test('duplicate detection can be switched on: a message with a known id is swallowed', async () => {
  const queue = memoryMessageQueue<{ id: string }>({ clock: memoryClock(), duplicateIdOf: ({ id }) => id });
  await queue.send([{ body: { id: 'a' } }, { body: { id: 'a' } }]);
  queue.take();
  await queue.send([{ body: { id: 'a' } }, { body: { id: 'b' } }]);
  expect(queue.due()).toEqual([{ id: 'b' }]);
});

test('a body that changes after it was sent travels as it was', async () => {
  const queue = memoryMessageQueue<{ id: string }>({ clock: memoryClock() });
  const body = { id: 'a' };
  await queue.send([{ body }]);
  body.id = 'changed';
  expect(queue.take()).toEqual({ id: 'a' });
});
