import { memoryExchange } from '../../shared/adapters/memory/memory-exchange.ts';
import type { ItemRef } from '../../shared/domain/item.ts';
import { exchangeAccess } from '../support/exchange-access.ts';
import { describeExchangeGateway } from './exchange-gateway.contract.ts';
import type { ExchangeUnderTest, MailboxUser } from './exchange-under-test.ts';

const clock = { now: () => new Date('2026-06-01T08:00:00Z'), after: () => () => {} };
const refOf = ({ itemId, changeKey }: ItemRef): ItemRef => ({ itemId, changeKey });

function underTest(rewritesBodies: boolean): ExchangeUnderTest {
  const { gateway, control } = memoryExchange({ clock, pageSize: 2, rewritesBodies });
  const access = exchangeAccess();
  const { id } = access.mailbox;

  const user: MailboxUser = {
    async creates({ kind = 'appointment', private: hidden = false, organizer, subject, ...fields }) {
      if (kind === 'task') return refOf(control.userCreatesTask(id, { subject, private: hidden }));
      if (kind === 'contact') return refOf(control.userCreatesContact(id, { surname: subject, private: hidden }));
      const sensitivity = hidden ? 'private' : 'normal';
      const invited = organizer && { ownMeeting: false, organizer: { email: organizer, name: '' } };
      return refOf(control.userCreates(id, { subject, ...fields, sensitivity, ...invited }));
    },
    edits: async ({ itemId }, name, kind) =>
      refOf(control.userEdits(id, itemId, kind === 'contact' ? { surname: name } : { subject: name })),
    formats: async ({ itemId }, bodyText) => refOf(control.userEdits(id, itemId, { bodyText, richBody: true })),
    addsOnlineMeeting: async ({ itemId }, joinUrl) => refOf(control.userAddsOnlineMeeting(id, itemId, joinUrl)),
    editsOccurrence: async ({ itemId }, originalStart, edit) =>
      void control.userEditsOccurrence(id, itemId, originalStart, edit),
    deletesOccurrence: async ({ itemId }, originalStart) =>
      void control.userDeletesOccurrence(id, itemId, originalStart),
    copies: async ({ itemId }) => refOf(control.userCopies(id, itemId)),
    touches: async ({ itemId }) => refOf(control.touch(id, itemId)),
    deletes: async ({ itemId }) => void control.userDeletes(id, itemId),
    moves: async ({ itemId }) => ({ ...refOf(control.userMoves(id, itemId, 'elsewhere')), place: 'elsewhere' }),
    archives: async ({ itemId }) => ({ ...refOf(control.userMoves(id, itemId, 'archive')), place: 'archive' }),
    returns: async ({ itemId }) => refOf(control.userMoves(id, itemId, 'folder')),
  };
  return {
    gateway,
    access,
    otherAccess: exchangeAccess({ address: 'rep2@contoso.example' }),
    user,
    mails: async () => control.mails.filter(({ mailboxId }) => mailboxId === id),
    close: async () => {},
  };
}

describeExchangeGateway('the memory fake', async () => underTest(false));
describeExchangeGateway('a memory fake that rewrites bodies', async () => underTest(true));
