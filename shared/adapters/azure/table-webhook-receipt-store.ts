import type { TableClient } from '@azure/data-tables';
import { keys } from '../../domain/keys.ts';
import type { WebhookReceiptStore } from '../../ports/webhook-receipt-store.ts';
import { findRow, putRow } from './table-rows.ts';

/** Receipts of webhooks: a row tells by being there. */
export function tableWebhookReceiptStore(table: TableClient): WebhookReceiptStore {
  return {
    async has(organization, webhookId) {
      const partition = keys.receipt(organization, webhookId);
      return (await findRow(table, partition, keys.receiptRow(webhookId), ['rememberedAt'])) !== undefined;
    },
    async remember(organization, webhookId, rememberedAt) {
      const place = { partitionKey: keys.receipt(organization, webhookId), rowKey: keys.receiptRow(webhookId) };
      await putRow(table, { ...place, rememberedAt });
    },
  };
}
