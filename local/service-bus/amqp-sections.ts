import type { Typed } from 'rhea';
import { types } from './rhea-internals.ts';

/** The sections of an AMQP message, by the code of their descriptor (AMQP 1.0, part 3, section 3.2). */
export const sectionCode = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
} as const;

export interface Section {
  code: number;
  /** The whole section. */
  bytes: Buffer;
  /** The section without its descriptor. */
  value: Buffer;
}

/** Cuts an encoded message into its sections without decoding them, so that what is passed on keeps every type. */
export function splitSections(message: Buffer): Section[] {
  const sections: Section[] = [];
  for (let start = 0; start < message.length; ) {
    if (message[start] !== 0) throw new RangeError('an AMQP section starts with a descriptor');
    const valueStart = endOfValue(message, start + 1);
    const end = endOfValue(message, valueStart);
    if (end > message.length) throw new RangeError('the AMQP message is cut off');
    // The code is the last byte of the descriptor, written as a small or a full ulong.
    const code = message.readUInt8(valueStart - 1);
    sections.push({ code, bytes: message.subarray(start, end), value: message.subarray(valueStart, end) });
    start = end;
  }
  return sections;
}

/** Where the value that starts here ends: the high half of its type code says how its size is written (AMQP 1.0, part 1, section 1.2). */
function endOfValue(bytes: Buffer, start: number): number {
  const code = bytes.readUInt8(start);
  const content = start + 1;
  switch (code >> 4) {
    case 0x4:
      return content;
    case 0x5:
      return content + 1;
    case 0x6:
      return content + 2;
    case 0x7:
      return content + 4;
    case 0x8:
      return content + 8;
    case 0x9:
      return content + 16;
    case 0xa:
    case 0xc:
    case 0xe:
      return content + 1 + bytes.readUInt8(content);
    case 0xb:
    case 0xd:
    case 0xf:
      return content + 4 + bytes.readUInt32BE(content);
    default:
      throw new RangeError(`0x${code.toString(16)} is no AMQP type code`);
  }
}

/** The binary inside a data section. */
export function dataOf(section: Section): Buffer {
  const isShort = section.value[0] === 0xa0;
  return section.value.subarray(isShort ? 2 : 5);
}

/** A map section with its values still typed, so that writing it again changes nothing. */
export function readTypedMap(section: Section): Record<string, Typed> {
  const items = new types.Reader(section.value).read().value as Typed[];
  const map: Record<string, Typed> = {};
  for (let index = 0; index + 1 < items.length; index += 2) map[String(items[index])] = items[index + 1] as Typed;
  return map;
}

export function encodeSection(section: Typed): Buffer {
  const writer = new types.Writer();
  writer.write(section);
  return writer.toBuffer();
}

/** `keys` is how the map's keys are written: symbols in annotations, strings in application properties. */
export function encodeMapSection(code: number, map: object, keys: 'symbols' | 'strings'): Buffer {
  const typedMap = keys === 'symbols' ? types.wrap_symbolic_map(map) : types.wrap_map(map);
  return encodeSection(types.described(types.wrap_ulong(code), typedMap));
}
