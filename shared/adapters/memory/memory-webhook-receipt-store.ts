import { keys } from '../../domain/keys.ts';
import type { WebhookReceiptStore } from '../../ports/webhook-receipt-store.ts';
import { memoryRows } from './memory-rows.ts';

/** Receipts of webhooks in this process's memory, kept for as long as it lives. */
export function memoryWebhookReceiptStore(): WebhookReceiptStore {
  const rows = memoryRows<{ at: string }>();
  return {
    has: async (organization, id) => rows.find(keys.receipt(organization, id), keys.receiptRow(id)) !== undefined,
    async remember(organization, id, at) {
      rows.put(keys.receipt(organization, id), keys.receiptRow(id), { at: at.toISOString() });
    },
  };
}
