import type { OrganizationId } from '../domain/ids.ts';

/** Webhook deliveries whose messages are all on the queue. To be kept for 8 days, longer than senders repeat. */
export interface WebhookReceiptStore {
  has(organization: OrganizationId, webhookId: string): Promise<boolean>;
  /** Remembering twice is fine. */
  remember(organization: OrganizationId, webhookId: string, at: Date): Promise<void>;
  /** Removes what was remembered before this moment; how many receipts there were. */
  removeOlderThan(organization: OrganizationId, at: string): Promise<number>;
}
