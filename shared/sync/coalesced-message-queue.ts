import type { MessageQueue, Outgoing } from '../ports/message-queue.ts';
import { coalesce } from './coalesce.ts';

const largestSend = 100;

/** The same queue: what is sent while an earlier send is under way travels together, as one request to the broker. */
export function coalescedMessageQueue<T>(queue: MessageQueue<T>): MessageQueue<T> {
  const send = coalesce<readonly Outgoing<T>[], void>(largestSend, async (sends) => {
    await queue.send(sends.flat());
    return sends.map(() => undefined);
  });
  return { send };
}
