import { randomBytes } from 'node:crypto';

/** MS-OXOCAL 2.2.1.27: every GlobalObjectId starts with this class id. */
const classId = '040000008200E00074C5B7101A82E008';
const head = Buffer.from(classId, 'hex');

/** A UID as Exchange makes them: the hexadecimal form of a new GlobalObjectId. */
export function newUid(now: Date): string {
  const instance = Buffer.alloc(4);
  const created = Buffer.alloc(8);
  const epochDifference = 11_644_473_600_000n;
  created.writeBigUInt64LE((BigInt(now.getTime()) + epochDifference) * 10_000n);
  const size = Buffer.from([0x10, 0, 0, 0]);
  return Buffer.concat([head, instance, created, Buffer.alloc(8), size, randomBytes(16)])
    .toString('hex')
    .toUpperCase();
}

/** The GlobalObjectId of a UID; one that is not Exchange's own is wrapped as vCal-Uid (MS-OXCICAL 2.1.3.1.1.20.26). */
export function globalObjectId(uid: string): Buffer {
  if (uid.toUpperCase().startsWith(classId) && /^([0-9A-F]{2})+$/i.test(uid)) return Buffer.from(uid, 'hex');
  const data = Buffer.concat([Buffer.from('vCal-Uid'), Buffer.from([1, 0, 0, 0]), Buffer.from(`${uid}\0`)]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  return Buffer.concat([head, Buffer.alloc(20), size, data]);
}
