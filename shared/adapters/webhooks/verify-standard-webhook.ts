import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { VerifyWebhook } from '../../ports/webhook-verifier.ts';

/**
 * Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks: HMAC-SHA-256 over `id.timestamp.body`,
 * sent as `v1,BASE64`. The age of the timestamp is judged by the caller, who has the clock.
 */
export const verifyStandardWebhook: VerifyWebhook = (secret, { id, timestamp, signature, body }) => {
  const seconds = Number(timestamp);
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  const expected = Buffer.from(new Webhook(secret.reveal()).sign(id, new Date(seconds * 1_000), Buffer.from(body)));
  let matches = false;
  for (const one of signature.split(' ').slice(0, 10)) {
    const given = Buffer.from(one);
    if (given.length === expected.length && timingSafeEqual(given, expected)) matches = true;
  }
  return matches;
};
