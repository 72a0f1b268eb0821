import rhea, { type Connection, type Message, type Sender } from 'rhea';
import { faults } from './faults.ts';
import { type ManagementAnswer, manage } from './management.ts';
import type { QueueStore } from './queue-store.ts';
import { type AmqpFault, types } from './rhea-internals.ts';

/** `$cbs` (takes any token: nothing here is secret) and `QUEUE/$management`: nodes that answer requests. */
export interface RequestNodes {
  /** Replies go to the link whose name (or target) the request's reply_to tells. */
  openReplyLink(link: Sender): void;
  /** Handles a request; the returned function sends the answer. */
  request(connection: Connection, address: string, payload: Buffer, now: number): () => void;
}

const nodeAddress = /(?:^|\/)\$(?:cbs|management)$/i;

export function isRequestNode(address: string): boolean {
  return nodeAddress.test(address);
}

export function createRequestNodes(store: QueueStore): RequestNodes {
  const replyLinks = new WeakMap<Connection, Map<string, Sender>>();

  function answerTo(address: string, request: Message, now: number): ManagementAnswer {
    const queueAddress = address.replace(/\/\$management$/i, '');
    const queue = store.find(queueAddress);
    if (queue === undefined) return { status: 404, body: {}, fault: faults.entityNotFound(queueAddress) };
    try {
      return manage(queue, String(request.application_properties?.['operation']), request.body ?? {}, now);
    } catch (error) {
      return { status: 400, body: {}, fault: faults.unreadable(error) };
    }
  }

  return {
    openReplyLink(link) {
      const links = replyLinks.get(link.connection) ?? new Map<string, Sender>();
      replyLinks.set(link.connection, links.set(link.name, link));
      if (link.target?.address) links.set(String(link.target.address), link);
    },
    request(connection, address, payload, now) {
      const request = rhea.message.decode(payload) as unknown as Message;
      const replyLink = replyLinks.get(connection)?.get(String(request.reply_to));
      const reply = /\$cbs$/i.test(address)
        ? { application_properties: { 'status-code': types.wrap_int(202), 'status-description': 'Accepted' } }
        : managementReply(answerTo(address, request, now));
      return () => {
        const correlation = request.message_id === undefined ? {} : { correlation_id: request.message_id };
        if (replyLink?.is_open()) replyLink.send({ body: undefined, ...reply, ...correlation }).update(true);
      };
    },
  };
}

function managementReply({ status, body, fault }: { status: number; body: object; fault?: AmqpFault }) {
  return {
    application_properties: {
      statusCode: types.wrap_int(status),
      statusDescription: fault?.description ?? 'OK',
      ...(fault === undefined ? {} : { errorCondition: types.wrap_symbol(fault.condition) }),
    },
    body,
  };
}
