import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { WebhookReceiptStore } from '../../ports/webhook-receipt-store.ts';
import { isOfMailboxesOf } from './memory-erasure.ts';
import { memoryRows } from './memory-rows.ts';

/** Receipts of webhooks in this process's memory, kept for as long as it lives. */
export function memoryWebhookReceiptStore(): WebhookReceiptStore & Erasable {
  const rows = memoryRows<{ at: string }>();
  return {
    has: async (organization, id) => rows.find(keys.receipt(organization, id), keys.receiptRow(id)) !== undefined,
    async remember(organization, id, at) {
      rows.put(keys.receipt(organization, id), keys.receiptRow(id), { at: at.toISOString() });
    },
    removeOlderThan: async (organization, before) =>
      rows.removeMatching(
        (partition, _row, { at }) => isOfMailboxesOf(organization, partition) && Date.parse(at) < Date.parse(before),
      ),
    eraseMailbox: async () => 0,
    eraseOrganization: async (organization) =>
      rows.removeMatching((partition) => isOfMailboxesOf(organization, partition)),
  };
}
