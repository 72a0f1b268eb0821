import { ewsGateway } from '../../shared/adapters/ews/ews-gateway.ts';
import type { ChangeKey, ItemId } from '../../shared/domain/ids.ts';
import type { ItemRef } from '../../shared/domain/item.ts';
import { exchangeAccess } from '../support/exchange-access.ts';
import { type ExchangeSimulator, startSimulator } from '../support/exchange-simulator.ts';
import { quietLog, systemClock, textSecrets } from '../support/gateway-ports.ts';
import { oddAnswer, startSoapProxy } from '../support/soap-proxy.ts';
import { describeExchangeGateway, type ExchangeUnderTest, type MailboxUser } from './exchange-gateway.contract.ts';

function userOf({ control }: ExchangeSimulator, address: string): MailboxUser {
  const items = `mailboxes/${address}/items`;
  const one = (item: ItemRef) => `${items}/${encodeURIComponent(item.itemId)}`;
  const refOf = (shown: unknown): ItemRef => {
    const { id, changeKey } = shown as { id: ItemId; changeKey: ChangeKey };
    return { itemId: id, changeKey };
  };
  return {
    async creates({ private: hidden, ...fields }) {
      const times = { start: '2026-06-10T09:00:00Z', end: '2026-06-10T10:00:00Z' };
      const sensitivity = hidden ? 'Private' : 'Normal';
      return refOf(await control('POST', items, { ...times, ...fields, sensitivity }));
    },
    edits: async (item, subject) => refOf(await control('PATCH', one(item), { subject })),
    deletes: async (item) => void (await control('DELETE', one(item))),
    moves: async (item) => ({
      ...refOf(await control('PATCH', one(item), { folder: 'recoverableitemsdeletions' })),
      place: 'recoverableItems',
    }),
    archives: async (item) => ({
      ...refOf(await control('PATCH', one(item), { folder: 'archivecalendar' })),
      place: 'archive',
    }),
    returns: async (item) => refOf(await control('PATCH', one(item), { folder: 'calendar' })),
  };
}

async function underTest(rewrite?: (answer: string) => string): Promise<ExchangeUnderTest> {
  const simulator = await startSimulator();
  const proxy = rewrite === undefined ? undefined : await startSoapProxy(simulator.url, rewrite);
  const profile = { incomingServerUrl: proxy?.url ?? simulator.url };
  const access = exchangeAccess({ profile });
  return {
    gateway: ewsGateway({
      secrets: textSecrets({ 'exchange-password': 'local-only' }),
      clock: systemClock,
      log: quietLog,
      allowInsecure: true,
    }),
    access,
    otherAccess: exchangeAccess({ profile, address: 'rep2@contoso.example' }),
    user: userOf(simulator, access.mailbox.address),
    async close() {
      await proxy?.close();
      await simulator.close();
    },
  };
}

describeExchangeGateway('Exchange Web Services', () => underTest());
describeExchangeGateway('a server that writes its answers in another way', () => underTest(oddAnswer));
