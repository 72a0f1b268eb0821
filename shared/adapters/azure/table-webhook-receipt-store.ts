import type { TableClient } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { WebhookReceiptStore } from '../../ports/webhook-receipt-store.ts';
import { inMailboxesOf, removeMatching } from './remove-rows.ts';
import { findRow, putRow } from './table-rows.ts';

/** Receipts of webhooks: a row tells by being there. */
export function tableWebhookReceiptStore(table: TableClient): WebhookReceiptStore & Erasable {
  return {
    async has(organization, webhookId) {
      const partition = keys.receipt(organization, webhookId);
      return (await findRow(table, partition, keys.receiptRow(webhookId), ['rememberedAt'])) !== undefined;
    },
    async remember(organization, webhookId, rememberedAt) {
      const place = { partitionKey: keys.receipt(organization, webhookId), rowKey: keys.receiptRow(webhookId) };
      await putRow(table, { ...place, rememberedAt });
    },
    removeOlderThan: (organization, at) =>
      removeMatching(table, `${inMailboxesOf(organization)} and ${odata`rememberedAt lt ${new Date(at)}`}`),
    eraseMailbox: async () => 0,
    eraseOrganization: (organization) => removeMatching(table, inMailboxesOf(organization)),
  };
}
