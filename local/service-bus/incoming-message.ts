import { randomUUID } from 'node:crypto';
import rhea from 'rhea';
import { dataOf, encodeSection, type Section, sectionCode, splitSections } from './amqp-sections.ts';
import type { NewMessage } from './message-queue.ts';
import { propertiesSection } from './rhea-internals.ts';

type DecodedMessage = ReturnType<typeof rhea.message.decode>;

/** The format of a transfer that carries several messages, each encoded in a data section of its own. */
const batchFormat = 0x80013700;

/** All messages of a transfer; throws if any of them cannot be read, so that none is taken. */
export function readTransfer(payload: Buffer, format: number): NewMessage[] {
  if (format !== batchFormat) return [readMessage(payload)];
  const parts = splitSections(payload).filter((section) => section.code === sectionCode.data);
  return parts.map((section) => readMessage(dataOf(section)));
}

export function readMessage(payload: Buffer): NewMessage {
  const sections = splitSections(payload);
  const head = rhea.message.decode(Buffer.concat(sections.filter(isHead).map((section) => section.bytes)));
  const dueAt: unknown = head['message_annotations']?.['x-opt-scheduled-enqueue-time'];
  const ttl: unknown = head['ttl'];
  const messageId: unknown = head['message_id'];
  const known = messageId !== undefined && messageId !== '';
  const id = known ? nameOf(messageId) : randomUUID().replaceAll('-', '');
  return {
    messageId: id,
    content: Buffer.from(known ? payload : withMessageId(sections, head, id)),
    ...(typeof ttl === 'number' ? { timeToLive: ttl } : {}),
    ...(dueAt === undefined ? {} : { dueAt: Number(dueAt) }),
  };
}

function isHead({ code }: Section): boolean {
  return code === sectionCode.header || code === sectionCode.messageAnnotations || code === sectionCode.properties;
}

function nameOf(messageId: unknown): string {
  return Buffer.isBuffer(messageId) ? messageId.toString('hex') : String(messageId);
}

/** Service Bus gives an id to a message that has none; receivers see it. */
function withMessageId(sections: Section[], head: DecodedMessage, id: string): Buffer {
  const properties = encodeSection(propertiesSection({ ...propertiesOf(head), message_id: id }));
  const before = sections.filter(({ code }) => code < sectionCode.properties);
  const after = sections.filter(({ code }) => code > sectionCode.properties);
  return Buffer.concat([...before.map(({ bytes }) => bytes), properties, ...after.map(({ bytes }) => bytes)]);
}

const propertyNames = [
  'user_id',
  'to',
  'subject',
  'reply_to',
  'correlation_id',
  'content_type',
  'content_encoding',
  'absolute_expiry_time',
  'creation_time',
  'group_id',
  'group_sequence',
  'reply_to_group_id',
];

function propertiesOf(head: DecodedMessage): object {
  return Object.fromEntries(propertyNames.filter((name) => name in head).map((name) => [name, head[name]]));
}
