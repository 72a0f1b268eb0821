import type { OrganizationId } from '../domain/ids.ts';

/** Webhook deliveries whose messages are all on the queue. Kept at least 7 days, longer than senders repeat. */
export interface WebhookReceiptStore {
  has(organization: OrganizationId, webhookId: string): Promise<boolean>;
  /** Remembering twice is fine. */
  remember(organization: OrganizationId, webhookId: string, at: Date): Promise<void>;
}
