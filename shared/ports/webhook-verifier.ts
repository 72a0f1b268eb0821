import type { Secret } from './secret-store.ts';

/** A delivery as it came in: three headers and the raw body. */
export interface WebhookDelivery {
  readonly id: string;
  /** Seconds since 1970, as text. */
  readonly timestamp: string;
  /** One signature or several, separated by spaces. */
  readonly signature: string;
  readonly body: Uint8Array;
}

/** Whether one of the delivery's signatures was made with the secret over id, timestamp and raw body. Takes the same time for any wrong one. */
export type VerifyWebhook = (secret: Secret, delivery: WebhookDelivery) => boolean;
