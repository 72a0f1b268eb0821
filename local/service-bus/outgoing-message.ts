import rhea from 'rhea';
import {
  encodeMapSection,
  encodeSection,
  readTypedMap,
  type Section,
  sectionCode,
  splitSections,
} from './amqp-sections.ts';
import type { QueuedMessage } from './queue-state.ts';
import { headerSection, types } from './rhea-internals.ts';

/** The message as a receiver gets it: as it was sent, plus what the broker knows about it. */
export function encodeForReceiver(message: QueuedMessage): Buffer {
  const sections = splitSections(message.content);
  const { deadLetter } = message;
  const notes = deadLetter && {
    DeadLetterReason: deadLetter.reason,
    DeadLetterErrorDescription: deadLetter.description,
  };
  return Buffer.concat([
    header(find(sections, sectionCode.header), message.deliveryCount),
    ...raw(sections, sectionCode.deliveryAnnotations),
    annotations(find(sections, sectionCode.messageAnnotations), message),
    ...raw(sections, sectionCode.properties),
    ...applicationProperties(find(sections, sectionCode.applicationProperties), notes),
    ...sections.filter(({ code }) => code > sectionCode.applicationProperties).map(({ bytes }) => bytes),
  ]);
}

/** The stored message with application properties added or replaced: what a receiver changed when it gave it back. */
export function withApplicationProperties(content: Buffer, added: object): Buffer {
  const sections = splitSections(content);
  return Buffer.concat([
    ...sections.filter(({ code }) => code < sectionCode.applicationProperties).map(({ bytes }) => bytes),
    ...applicationProperties(find(sections, sectionCode.applicationProperties), added),
    ...sections.filter(({ code }) => code > sectionCode.applicationProperties).map(({ bytes }) => bytes),
  ]);
}

function find(sections: Section[], code: number): Section | undefined {
  return sections.find((section) => section.code === code);
}

function raw(sections: Section[], code: number): Buffer[] {
  return sections.filter((section) => section.code === code).map(({ bytes }) => bytes);
}

function header(original: Section | undefined, deliveryCount: number): Buffer {
  const given = original === undefined ? {} : { ...rhea.message.decode(original.bytes) };
  return encodeSection(headerSection({ ...given, delivery_count: deliveryCount }));
}

function annotations(original: Section | undefined, message: QueuedMessage): Buffer {
  const isScheduled = message.state === 'scheduled';
  const sequenceNumber = types.wrap_long(message.sequenceNumber);
  return encodeMapSection(
    sectionCode.messageAnnotations,
    {
      ...(original === undefined ? {} : readTypedMap(original)),
      'x-opt-sequence-number': sequenceNumber,
      'x-opt-enqueue-sequence-number': sequenceNumber,
      'x-opt-enqueued-time': types.wrap_timestamp(message.enqueuedAt),
      'x-opt-message-state': types.wrap_int(isScheduled ? 2 : 0),
      ...(message.state === 'locked' ? { 'x-opt-locked-until': types.wrap_timestamp(message.lockedUntil) } : {}),
      ...(message.deadLetter === undefined ? {} : { 'x-opt-deadletter-source': message.deadLetter.source }),
    },
    'symbols',
  );
}

function applicationProperties(original: Section | undefined, added: object | undefined): Buffer[] {
  if (added === undefined) return original === undefined ? [] : [original.bytes];
  const all = { ...(original === undefined ? {} : readTypedMap(original)), ...added };
  return [encodeMapSection(sectionCode.applicationProperties, all, 'strings')];
}
