import { beforeAll, describe, expect, test } from '@jest/globals';
import type { WebhookReceiptStore } from '../../shared/ports/webhook-receipt-store.ts';
import { awkwardIds, uniqueOrganization } from '../support/unique-mailbox.ts';

const at = new Date('2026-01-05T09:00:00Z');

/** What every store of receipts must do, whatever it keeps its rows in. */
export function describeWebhookReceiptStore(name: string, create: () => Promise<WebhookReceiptStore>): void {
  describe(`the webhook receipt store of ${name}`, () => {
    let store: WebhookReceiptStore;
    beforeAll(async () => {
      store = await create();
    });

    test.each([...awkwardIds, 'x'.repeat(5000)])('remembers a webhook called %j', async (id) => {
      const organization = uniqueOrganization();
      expect(await store.has(organization, id)).toBe(false);
      await store.remember(organization, id, at);
      await store.remember(organization, id, at);
      expect(await store.has(organization, id)).toBe(true);
    });

    test('receipts that are old enough are removed, those of that organization only', async () => {
      const [organization, other] = [uniqueOrganization(), uniqueOrganization()];
      const later = new Date('2026-01-05T10:00:00Z');
      for (const id of ['msg_1', 'msg_2', 'msg_3']) await store.remember(organization, id, at);
      await store.remember(organization, 'msg_4', later);
      await store.remember(other, 'msg_1', at);
      expect(await store.removeOlderThan(organization, at.toISOString())).toBe(0);
      expect(await store.removeOlderThan(organization, later.toISOString())).toBe(3);
      expect(await store.has(organization, 'msg_1')).toBe(false);
      expect(await store.has(organization, 'msg_4')).toBe(true);
      expect(await store.has(other, 'msg_1')).toBe(true);
    });

    test('a webhook of one organization is new to another', async () => {
      const organization = uniqueOrganization();
      await store.remember(organization, 'msg_1', at);
      expect(await store.has(uniqueOrganization(), 'msg_1')).toBe(false);
      expect(await store.has(organization, 'msg_2')).toBe(false);
    });
  });
}
