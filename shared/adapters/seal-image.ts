import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { MailboxKey } from '../domain/item-mapping.ts';
import { SyncError } from '../domain/sync-error.ts';

/** Whose image it is; an image that was put in another's place cannot be opened. */
export interface ImagePlace extends MailboxKey {
  readonly name: string;
}

const algorithm = 'aes-256-gcm';
const layoutVersion = 1;
const [nonceBytes, tagBytes] = [12, 16];
const headBytes = 1 + nonceBytes + tagBytes;

/** Encrypts content: one byte for the layout, the nonce, the tag, and then the text. */
export function sealImage(place: ImagePlace, key: string, content: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, keyOf(key), nonce).setAAD(contextOf(place));
  const text = Buffer.concat([cipher.update(content, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(layoutVersion), nonce, cipher.getAuthTag(), text]);
}

/** SyncError ImageUnreadable when the key is another, the image is another's, or a bit of it is not as it was. */
export function openImage(place: ImagePlace, key: string, sealed: Uint8Array): string {
  try {
    if (sealed[0] !== layoutVersion || sealed.length < headBytes) throw new Error('The image has an unknown layout.');
    const nonce = sealed.subarray(1, 1 + nonceBytes);
    const decipher = createDecipheriv(algorithm, keyOf(key), nonce, { authTagLength: tagBytes });
    decipher.setAAD(contextOf(place)).setAuthTag(sealed.subarray(1 + nonceBytes, headBytes));
    return Buffer.concat([decipher.update(sealed.subarray(headBytes)), decipher.final()]).toString('utf8');
  } catch (cause) {
    const text =
      'What was there before cannot be read: the organization’s fingerprint secret has changed since it was kept, or it was tampered with. It cannot be brought back.';
    throw new SyncError(text, { code: 'ImageUnreadable', remedy: { kind: 'park' }, cause });
  }
}

/** A key of its own for this use, so that fingerprints and images never share one. */
const keyOf = (material: string) => Buffer.from(hkdfSync('sha256', material, '', 'before-image', 32));

const contextOf = ({ organizationId, mailboxId, name }: ImagePlace) =>
  Buffer.from(`${organizationId}|${mailboxId}|${name}`, 'utf8');
