import { ewsGateway } from '../../shared/adapters/ews/ews-gateway.ts';
import type { ChangeKey, ItemId } from '../../shared/domain/ids.ts';
import type { ItemRef } from '../../shared/domain/item.ts';
import { exchangeAccess } from '../support/exchange-access.ts';
import { type ExchangeSimulator, startSimulator } from '../support/exchange-simulator.ts';
import { quietLog, systemClock, textSecrets } from '../support/gateway-ports.ts';
import { oddAnswer, startSoapProxy } from '../support/soap-proxy.ts';
import { describeExchangeGateway } from './exchange-gateway.contract.ts';
import type { ExchangeUnderTest, MailboxUser, MeetingMail } from './exchange-under-test.ts';

const controlKinds = { appointment: 'CalendarItem', task: 'Task', contact: 'Contact' } as const;
const meetingMails = { request: 'invitation', update: 'update', cancellation: 'cancellation' } as const;

interface Shown {
  readonly id: ItemId;
  readonly changeKey: ChangeKey;
}

interface SentMail {
  readonly mailbox: string;
  readonly kind: string;
  readonly recipients: readonly string[];
}

function userOf({ control }: ExchangeSimulator, address: string): MailboxUser {
  const items = `mailboxes/${address}/items`;
  const one = (item: ItemRef) => `${items}/${encodeURIComponent(item.itemId)}`;
  const act = async (method: string, path: string, body?: object): Promise<ItemRef> => {
    const { id, changeKey } = (await control(method, path, body)) as Shown;
    return { itemId: id, changeKey };
  };
  /** The way of Exchange to name an occurrence: by its number in the series. */
  const occurrence = async (series: ItemRef, originalStart: string): Promise<string> => {
    const to = new Date(Date.parse(originalStart) + 1000).toISOString();
    const found = (await control('GET', `${one(series)}/occurrences?from=${originalStart}&to=${to}`)) as {
      index: number;
    }[];
    return `${one(series)}/occurrences/${found[0]?.index}`;
  };
  return {
    creates({ kind = 'appointment', private: hidden = false, subject, series, organizer, ...times }) {
      const sensitivity = hidden ? 'Private' : 'Normal';
      if (kind === 'contact') return act('POST', items, { kind: 'Contact', surname: subject, sensitivity });
      if (kind === 'task') return act('POST', items, { kind: 'Task', subject, sensitivity });
      return act('POST', items, {
        ...{ start: '2026-06-10T09:00:00Z', end: '2026-06-10T10:00:00Z', ...times, subject, sensitivity },
        ...(organizer === undefined ? {} : { organizer }),
        ...(series === undefined ? {} : { recurrence: series.recurrence, timeZone: 'W. Europe Standard Time' }),
      });
    },
    edits: (item, name, kind = 'appointment') =>
      act('PATCH', one(item), {
        kind: controlKinds[kind],
        ...(kind === 'contact' ? { surname: name } : { subject: name }),
      }),
    formats: (item, text) => act('PATCH', one(item), { body: `<p><b>${text.slice(0, 4)}</b>${text.slice(4)}</p>` }),
    addsOnlineMeeting: (item, url) => act('POST', `${one(item)}/online-meeting`, { url }),
    editsOccurrence: async (series, start, edit) => void (await act('PATCH', await occurrence(series, start), edit)),
    deletesOccurrence: async (series, start) => void (await control('DELETE', await occurrence(series, start))),
    copies: (item) => act('POST', `${one(item)}/copy`),
    touches: (item) => act('POST', `${one(item)}/touch`),
    deletes: async (item) => void (await control('DELETE', one(item))),
    moves: async (item) => ({
      ...(await act('PATCH', one(item), { folder: 'recoverableitemsdeletions' })),
      place: 'recoverableItems',
    }),
    archives: async (item) => ({ ...(await act('PATCH', one(item), { folder: 'archivecalendar' })), place: 'archive' }),
    returns: (item) => act('PATCH', one(item), { folder: 'calendar' }),
  };
}

async function mailsOf({ control }: ExchangeSimulator, address: string): Promise<MeetingMail[]> {
  const { mails } = (await control('GET', 'mails')) as { mails: readonly SentMail[] };
  return mails.flatMap(({ mailbox, kind, recipients }) =>
    mailbox === address && kind in meetingMails
      ? [{ kind: meetingMails[kind as keyof typeof meetingMails], to: recipients }]
      : [],
  );
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
    mails: () => mailsOf(simulator, access.mailbox.address),
    async close() {
      await proxy?.close();
      await simulator.close();
    },
  };
}

describeExchangeGateway('Exchange Web Services', () => underTest());
describeExchangeGateway('a server that writes its answers in another way', () => underTest(oddAnswer));
