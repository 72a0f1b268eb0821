import { createHash } from 'node:crypto';
import { EwsError } from './ews-error.ts';

/**
 * A decoded ItemId or FolderId. `key` is the store's own name of the thing: 32 hex digits for an item, with the original
 * start behind for an occurrence, the folder's name for a folder.
 */
export interface EntryId {
  kind: 'item' | 'folder';
  mailboxGuid: string;
  key: string;
}

const idHead = Buffer.from([0x00, 0x03, 0x24, 0x00]);
const idMiddle = Buffer.from([0x00, 0x46, 0, 0, 0, 0, 0]);
const kinds = { item: 0x07, folder: 0x01 } as const;
const bodyLength = 40;
/** Ids of occurrences are longer, as in Exchange. */
const longBodyLength = 56;

/** The first byte of a ChangeKey says what it belongs to, as in Exchange's own. */
const changeKeyClass = { CalendarItem: 0x0f, Contact: 0x11, Message: 0x09, Task: 0x13, folder: 0x01 } as const;
export type ChangeKeyClass = keyof typeof changeKeyClass;

const checksum = (bytes: Buffer) => createHash('sha256').update(bytes).digest().subarray(0, 6);
const malformed = () => new EwsError('ErrorInvalidIdMalformed', 'Id is malformed.');

/** Long, opaque and case-sensitive like Exchange's: base64 of a header, the mailbox's GUID and the entry. */
export function encodeId(id: EntryId): string {
  const key = Buffer.from(id.key, 'utf8');
  const entry = Buffer.alloc(key.length > bodyLength - 2 ? longBodyLength : bodyLength);
  entry.writeUInt8(kinds[id.kind], 0);
  entry.writeUInt8(key.length, 1);
  key.copy(entry, 2);
  const bytes = Buffer.concat([
    idHead,
    Buffer.from(id.mailboxGuid, 'latin1'),
    idMiddle,
    createHash('md5').update(id.mailboxGuid).digest(),
    entry,
  ]);
  return Buffer.concat([bytes, checksum(bytes), Buffer.alloc(1)]).toString('base64');
}

/** @throws EwsError ErrorInvalidIdMalformed (or ErrorInvalidIdEmpty) when the text is not an id of this server. */
export function decodeId(text: string): EntryId {
  if (text === '') throw new EwsError('ErrorInvalidIdEmpty', 'Id is empty.');
  const bytes = Buffer.from(text, 'base64');
  const start = idHead.length + 36 + idMiddle.length + 16;
  const length = bytes.length - start - 7;
  if (bytes.toString('base64') !== text || (length !== bodyLength && length !== longBodyLength)) throw malformed();
  const signed = bytes.subarray(0, start + length);
  if (!checksum(signed).equals(bytes.subarray(start + length, start + length + 6))) throw malformed();
  const entry = signed.subarray(start);
  return {
    kind: entry.readUInt8(0) === kinds.folder ? 'folder' : 'item',
    mailboxGuid: bytes.subarray(idHead.length, idHead.length + 36).toString('latin1'),
    key: entry.subarray(2, 2 + entry.readUInt8(1)).toString('utf8'),
  };
}

/** A ChangeKey carries the version in its last six bytes, behind 16 bytes of the mailbox's GUID. */
export function encodeChangeKey(kind: ChangeKeyClass, mailboxGuid: string, version: number): string {
  const bytes = Buffer.alloc(30);
  bytes.writeUInt8(changeKeyClass[kind], 0);
  bytes.writeUInt8(0x16, 4);
  Buffer.from(mailboxGuid.replaceAll('-', ''), 'hex').copy(bytes, 8);
  bytes.writeUIntBE(version, 24, 6);
  return bytes.toString('base64');
}

/** The version inside a ChangeKey. @throws EwsError ErrorInvalidChangeKey */
export function decodeChangeKey(text: string): number {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 30 || bytes.toString('base64') !== text || bytes.readUInt8(4) !== 0x16) {
    throw new EwsError('ErrorInvalidChangeKey', 'The change key is invalid.');
  }
  return bytes.readUIntBE(24, 6);
}
