import type { ControlItem } from '../../local/exchange/control-item.ts';
import type { FaultAnswer } from '../../local/exchange/fault-injection.ts';
import { sendOk } from './local-clients.ts';

/** An item as the simulator shows it. */
export interface ExchangeItem {
  readonly id: string;
  readonly changeKey: string;
  readonly folder: string;
  readonly subject: string;
  readonly body: string;
  readonly start: string;
  readonly end: string;
  /** A Windows id. */
  readonly timeZone: string | undefined;
  readonly location: string;
  readonly requiredAttendees: readonly string[];
  readonly uid: string;
  readonly extendedProperties: readonly { readonly PropertyName?: string; readonly values: readonly string[] }[];
  readonly modifiedBy: string;
}

export type ExchangeClient = ReturnType<typeof exchangeClient>;

export const people = {
  rep1: 'rep1@contoso.example',
  rep2: 'rep2@contoso.example',
  manager: 'manager@contoso.example',
  assistant: 'assistant@contoso.example',
  finance: 'finance@contoso.example',
};

/** The record that our stamp on an item names. */
export function recordOf({ extendedProperties }: ExchangeItem): string | undefined {
  const stamp = extendedProperties.find(({ PropertyName }) => PropertyName === 'CrmRecord')?.values[0];
  return stamp?.slice(stamp.indexOf('|') + 1);
}

/** What users do in Outlook, and what networks and operators do to a mail server. */
export function exchangeClient(url: string) {
  const items = (address: string, folder?: string) =>
    sendOk<ExchangeItem[]>(
      'GET',
      `${url}/control/mailboxes/${address}/items${folder === undefined ? '' : `?folder=${folder}`}`,
    );
  const calendar = (address: string) => items(address, 'calendar');
  const requests = () =>
    sendOk<{ total: number; operations: Record<string, number> }>('GET', `${url}/control/requests`);
  return {
    items,
    calendar,
    /** The record's item in a calendar; throws when there is not just one. */
    async itemOf(address: string, recordId: string): Promise<ExchangeItem> {
      const found = (await calendar(address)).filter((item) => recordOf(item) === recordId);
      if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} items of ${recordId}`);
      return found[0];
    },
    create: (address: string, item: ControlItem) =>
      sendOk<ExchangeItem>('POST', `${url}/control/mailboxes/${address}/items`, item),
    edit: (address: string, id: string, item: ControlItem) =>
      sendOk<ExchangeItem>('PATCH', `${url}/control/mailboxes/${address}/items/${encodeURIComponent(id)}`, item),
    remove: (address: string, id: string) =>
      sendOk('DELETE', `${url}/control/mailboxes/${address}/items/${encodeURIComponent(id)}`),
    requests,
    /** Requests that change a mailbox. */
    async writes() {
      const { operations } = await requests();
      return ['CreateItem', 'UpdateItem', 'DeleteItem', 'MoveItem'].reduce(
        (sum, name) => sum + (operations[name] ?? 0),
        0,
      );
    },
    mails: () => sendOk<{ total: number }>('GET', `${url}/control/mails`),
    addFault: (fault: { match?: { operation?: string; mailbox?: string }; answer: FaultAnswer; times?: number }) =>
      sendOk<{ id: string }>('POST', `${url}/control/faults`, fault),
    faults: () => sendOk<unknown[]>('GET', `${url}/control/faults`),
    clearFaults: () => sendOk('DELETE', `${url}/control/faults`),
    answerAfter: (ms: number) => sendOk('PUT', `${url}/control/delay`, { ms }),
  };
}
