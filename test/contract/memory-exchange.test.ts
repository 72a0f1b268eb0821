import { memoryExchange } from '../../shared/adapters/memory/memory-exchange.ts';
import type { ItemRef } from '../../shared/domain/item.ts';
import { exchangeAccess } from '../support/exchange-access.ts';
import { describeExchangeGateway } from './exchange-gateway.contract.ts';

const clock = { now: () => new Date('2026-06-01T08:00:00Z'), after: () => () => {} };
const refOf = ({ itemId, changeKey }: ItemRef): ItemRef => ({ itemId, changeKey });

describeExchangeGateway('the memory fake', async () => {
  const { gateway, control } = memoryExchange({ clock, pageSize: 2 });
  const access = exchangeAccess();
  const mailboxId = access.mailbox.id;
  return {
    gateway,
    access,
    otherAccess: exchangeAccess({ address: 'rep2@contoso.example' }),
    user: {
      creates: async ({ private: hidden = false, ...fields }) =>
        refOf(control.userCreates(mailboxId, { ...fields, sensitivity: hidden ? 'private' : 'normal' })),
      edits: async (item, subject) => refOf(control.userEdits(mailboxId, item.itemId, { subject })),
      deletes: async (item) => void control.userDeletes(mailboxId, item.itemId),
      moves: async (item) => {
        const place = 'elsewhere';
        return { ...refOf(control.userMoves(mailboxId, item.itemId, place)), place };
      },
      archives: async (item) => {
        const place = 'archive';
        return { ...refOf(control.userMoves(mailboxId, item.itemId, place)), place };
      },
      returns: async (item) => refOf(control.userMoves(mailboxId, item.itemId, 'folder')),
    },
    close: async () => {},
  };
});
