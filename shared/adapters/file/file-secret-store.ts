import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { hashOf } from '../../domain/hash.ts';
import type { SecretName } from '../../domain/organization.ts';
import type { Secret, SecretStore } from '../../ports/secret-store.ts';
import { makeSecret } from '../make-secret.ts';
import { secretMissing, secretUnavailable } from '../secret-errors.ts';

const Secrets = z.record(z.string(), z.string());

/** Each change reads several secrets: the file is looked at once a second. */
const believedMs = 1_000;

/** Secrets from a JSON file of names and values, for one machine. The file is read again when it has changed. */
export function fileSecretStore({ path }: { readonly path: string }): SecretStore {
  let known: { readonly state: string; readonly secrets: Promise<Record<string, string>> } | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function secrets(): Promise<Record<string, string>> {
    const now = performance.now();
    if (known !== undefined && now - lookedAt < believedMs) return known.secrets;
    const { mtimeMs, size } = await stat(path);
    const state = `${mtimeMs} ${size}`;
    if (known?.state !== state) known = { state, secrets: load(path) };
    lookedAt = now;
    return known.secrets;
  }

  async function read(name: SecretName): Promise<Secret> {
    const all = await secrets().catch((error) => {
      known = undefined;
      throw secretUnavailable(name, error);
    });
    const value = Object.hasOwn(all, name) ? all[name] : undefined;
    if (value === undefined || value === '') throw secretMissing(name);
    return makeSecret(value, hashOf(name, value).slice(0, 16));
  }

  return {
    read,
    refresh(name) {
      known = undefined;
      return read(name);
    },
  };
}

/** A complaint of the parser would quote the file: it is not passed on. */
async function load(path: string): Promise<Record<string, string>> {
  const text = await readFile(path, 'utf8');
  try {
    return Secrets.parse(JSON.parse(text));
  } catch {
    throw new Error(`${path} is not a JSON object of secret names and values.`);
  }
}
