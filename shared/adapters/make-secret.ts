import { inspect } from 'node:util';
import type { Secret } from '../ports/secret-store.ts';

const hidden = () => '[redacted]';

/** A secret that cannot be printed by mistake: its value lies in a closure, not in a property. */
export function makeSecret(value: string, version: string): Secret {
  const secret = { reveal: () => value, version, toString: hidden, toJSON: hidden, [inspect.custom]: hidden };
  return Object.freeze(secret);
}
