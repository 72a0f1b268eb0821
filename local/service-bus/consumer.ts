import { deliveryTagOf } from './lock-token.ts';
import type { MessageQueue } from './message-queue.ts';
import { encodeForReceiver } from './outgoing-message.ts';
import type { OpenSender } from './rhea-internals.ts';

/** A client's receiver on a queue, as the broker sees it. */
export interface Consumer {
  readonly queue: MessageQueue;
  /** Sends the queue's next message if the client has room for it. */
  deliverOne(now: number): boolean;
  /** Once everything there is has been sent: gives unused credit back to a client that drains. */
  answerDrain(): void;
}

const receiveAndDelete = 1;

export function createConsumer(link: OpenSender, queue: MessageQueue): Consumer {
  /** How many deliveries rhea was given, and how much of its delivery_count is credit given back rather than deliveries. */
  let handedOver = 0;
  let givenBack = 0;
  const isReceiveAndDelete = link.snd_settle_mode === receiveAndDelete;
  link.local.attach.snd_settle_mode = link.snd_settle_mode ?? 2;
  link.local.attach.rcv_settle_mode = link.rcv_settle_mode ?? 0;

  // rhea answers a drain only when credit is left; the client waits for the answer in any case.
  link._get_drain = () => {
    if (!link._draining || !link._drained) return false;
    link.delivery_count += link.credit;
    givenBack += link.credit;
    link.credit = 0;
    link._draining = false;
    return true;
  };

  /** rhea lowers the credit only when it writes, so deliveries it has not yet written count as well. */
  function hasRoom(): boolean {
    const unwritten = handedOver - (link.delivery_count - givenBack);
    return link.is_open() && link.credit > unwritten && link.session.outgoing.available() > 0;
  }

  function deliverOne(now: number): boolean {
    if (!hasRoom()) return false;
    const message = isReceiveAndDelete ? queue.take(now) : queue.receive(now);
    if (message === undefined) return false;
    handedOver += 1;
    link.send(encodeForReceiver(message), isReceiveAndDelete ? undefined : deliveryTagOf(message.lockToken), 0);
    return true;
  }

  function answerDrain(): void {
    if (!link._draining) return;
    link.set_drained(true);
    link.connection._register();
  }

  return { queue, deliverOne, answerDrain };
}
