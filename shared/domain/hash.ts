import { createHash, createHmac } from 'node:crypto';

/** SHA-256 over the parts, each length-prefixed so that no two lists of parts collide; 64 hexadecimal digits. */
export function hashOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part, 'utf8');
  return hash.digest('hex');
}

/** HMAC-SHA-256 under an organization's key, 32 hexadecimal digits: enough to tell change, nothing to read back. */
export function keyedHash(key: string, value: string): string {
  return createHmac('sha256', key).update(value, 'utf8').digest('hex').slice(0, 32);
}
