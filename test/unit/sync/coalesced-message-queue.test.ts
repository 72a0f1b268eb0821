import { expect, test } from '@jest/globals';
import type { Outgoing } from '../../../shared/ports/message-queue.ts';
import { coalescedMessageQueue } from '../../../shared/sync/coalesced-message-queue.ts';

function brokerThatWaits() {
  const requests: { readonly messages: readonly Outgoing<string>[]; readonly end: (error?: Error) => void }[] = [];
  const send = (messages: readonly Outgoing<string>[]) =>
    new Promise<void>((resolve, reject) => {
      requests.push({ messages, end: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  return { requests, queue: coalescedMessageQueue<string>({ send }) };
}
const bodies = (messages: readonly Outgoing<string>[] | undefined) => messages?.map(({ body }) => body);

test('sends that meet an earlier one under way are one request, and none resolves before it is stored', async () => {
  const { requests, queue } = brokerThatWaits();
  let stored = 0;
  const sent = ['a', 'b', 'c'].map((body) =>
    queue.send([{ body }]).then(() => {
      stored += 1;
    }),
  );
  expect(bodies(requests[0]?.messages)).toEqual(['a']);
  requests[0]?.end();
  await sent[0];
  expect(stored).toBe(1);
  expect(bodies(requests[1]?.messages)).toEqual(['b', 'c']);
  requests[1]?.end();
  await Promise.all(sent);
  expect([stored, requests.length]).toEqual([3, 2]);
});

test('a request that fails rejects each of its sends, and the next goes on', async () => {
  const { requests, queue } = brokerThatWaits();
  const sent = ['a', 'b', 'c'].map((body) => queue.send([{ body }]));
  requests[0]?.end();
  await sent[0];
  requests[1]?.end(new Error('the broker is gone'));
  await expect(sent[1]).rejects.toThrow('the broker is gone');
  await expect(sent[2]).rejects.toThrow('the broker is gone');
  const again = queue.send([{ body: 'b' }]);
  requests[2]?.end();
  await again;
});
