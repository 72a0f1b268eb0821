import type { z } from 'zod';
import type { ControlItem } from '../../local/exchange/control-item.ts';
import type { ControlContact, ControlTask } from '../../local/exchange/control-other-items.ts';
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
  readonly isAllDay: boolean;
  readonly requiredAttendees: readonly string[];
  readonly optionalAttendees: readonly string[];
  readonly resources: readonly string[];
  /** What guests answered, by address. */
  readonly responses: Readonly<Record<string, string>>;
  readonly organizer: string;
  readonly isCancelled: boolean;
  readonly reminderMinutes: number | null;
  readonly freeBusy: string;
  readonly sensitivity: string;
  readonly categories: readonly string[];
  readonly uid: string;
  readonly bodyType: 'HTML' | 'Text';
  readonly recurrence?: unknown;
  readonly exceptions?: readonly { readonly originalStart: string }[];
  readonly deleted?: readonly string[];
  readonly extendedProperties: readonly { readonly PropertyName?: string; readonly values: readonly string[] }[];
  readonly modifiedBy: string;
}
export type Occurrence = ExchangeItem & { readonly index: number; readonly originalStart: string };

export interface ExchangeTask extends Pick<ExchangeItem, 'id' | 'changeKey' | 'subject' | 'body' | 'modifiedBy'> {
  readonly status: string;
  readonly isComplete: boolean;
  readonly dueDate: string | undefined;
  readonly startDate: string | undefined;
  readonly extendedProperties: ExchangeItem['extendedProperties'];
}

export interface ExchangeContact extends Pick<ExchangeItem, 'id' | 'changeKey' | 'body' | 'categories'> {
  readonly givenName: string;
  readonly surname: string;
  readonly fileAs: string;
  readonly companyName: string;
  readonly jobTitle: string;
  readonly birthday: string | undefined;
  readonly emails: Readonly<Record<string, string>>;
  readonly phones: Readonly<Record<string, string>>;
  readonly addresses: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly extendedProperties: ExchangeItem['extendedProperties'];
}

/** A mail that a real server would have sent. */
export interface SentMail {
  readonly mailbox: string;
  readonly kind: 'request' | 'update' | 'cancellation' | 'response' | 'message';
  readonly recipients: readonly string[];
  readonly subject: string;
}

export type ExchangeClient = ReturnType<typeof exchangeClient>;

export const people = {
  rep1: 'rep1@contoso.example',
  rep2: 'rep2@contoso.example',
  manager: 'manager@contoso.example',
  assistant: 'assistant@contoso.example',
  room: 'room@contoso.example',
  finance: 'finance@contoso.example',
};

/** The record that our stamp on an item names. */
export function recordOf({ extendedProperties }: Pick<ExchangeItem, 'extendedProperties'>): string | undefined {
  const stamp = extendedProperties.find(({ PropertyName }) => PropertyName === 'CrmRecord')?.values[0];
  return stamp?.slice(stamp.indexOf('|') + 1);
}

type Stamped = Pick<ExchangeItem, 'extendedProperties'>;

/** The one that is of the record; throws when there is not just one. */
function onlyOf<T extends Stamped>(items: readonly T[], recordId: string): T {
  const found = items.filter((item) => recordOf(item) === recordId);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} items of ${recordId}`);
  return found[0];
}

/** What users do in Outlook, and what networks and operators do to a mail server. */
export function exchangeClient(url: string) {
  const at = (address: string, id?: string, rest = '') =>
    `${url}/control/mailboxes/${address}/items${id === undefined ? '' : `/${encodeURIComponent(id)}`}${rest}`;
  const items = (address: string, folder?: string) =>
    sendOk<ExchangeItem[]>('GET', at(address, undefined, folder === undefined ? '' : `?folder=${folder}`));
  const calendar = (address: string) => items(address, 'calendar');
  const tasks = (address: string) => sendOk<ExchangeTask[]>('GET', at(address, undefined, '?folder=tasks&kind=Task'));
  const contacts = (address: string) =>
    sendOk<ExchangeContact[]>('GET', at(address, undefined, '?folder=contacts&kind=Contact'));
  const requests = () =>
    sendOk<{ total: number; operations: Record<string, number> }>('GET', `${url}/control/requests`);
  const mails = () => sendOk<{ total: number; mails: SentMail[] }>('GET', `${url}/control/mails`);
  return {
    items,
    calendar,
    tasks,
    contacts,
    item: (address: string, id: string) => sendOk<ExchangeItem>('GET', at(address, id)),
    /** The record's item; throws when there is not just one. */
    itemOf: async (address: string, recordId: string) => onlyOf(await calendar(address), recordId),
    taskOf: async (address: string, recordId: string) => onlyOf(await tasks(address), recordId),
    /** By the CRM's own id. */
    contactOf: async (address: string, id: string) => onlyOf(await contacts(address), `contact:${id}`),
    create: (address: string, item: ControlItem) => sendOk<ExchangeItem>('POST', at(address), item),
    createTask: (address: string, task: Omit<z.infer<typeof ControlTask>, 'kind'>) =>
      sendOk<ExchangeTask>('POST', at(address), { kind: 'Task', ...task }),
    createContact: (address: string, contact: Omit<z.infer<typeof ControlContact>, 'kind'>) =>
      sendOk<ExchangeContact>('POST', at(address), { kind: 'Contact', ...contact }),
    edit: (address: string, id: string, item: ControlItem) => sendOk<ExchangeItem>('PATCH', at(address, id), item),
    editTask: (address: string, id: string, task: Omit<z.infer<typeof ControlTask>, 'kind'>) =>
      sendOk<ExchangeTask>('PATCH', at(address, id), task),
    editContact: (address: string, id: string, contact: Omit<z.infer<typeof ControlContact>, 'kind'>) =>
      sendOk<ExchangeContact>('PATCH', at(address, id), contact),
    remove: (address: string, id: string) => sendOk('DELETE', at(address, id)),
    copy: (address: string, id: string) => sendOk<ExchangeItem>('POST', at(address, id, '/copy'), {}),
    /** A guest answers the copy of a meeting in his own calendar. */
    respond: (address: string, id: string, response: 'Accept' | 'Tentative' | 'Decline') =>
      sendOk('POST', at(address, id, '/respond'), { response }),
    addOnlineMeeting: (address: string, id: string, joinUrl: string) =>
      sendOk<ExchangeItem>('POST', at(address, id, '/online-meeting'), { url: joinUrl }),
    occurrences: (address: string, seriesId: string, from: string, to: string) =>
      sendOk<Occurrence[]>('GET', at(address, seriesId, `/occurrences?${new URLSearchParams({ from, to })}`)),
    editOccurrence: (address: string, seriesId: string, index: number, item: ControlItem) =>
      sendOk<ExchangeItem>('PATCH', at(address, seriesId, `/occurrences/${index}`), item),
    removeOccurrence: (address: string, seriesId: string, index: number) =>
      sendOk('DELETE', at(address, seriesId, `/occurrences/${index}`)),
    requests,
    /** Requests that change a mailbox. */
    async writes() {
      const { operations } = await requests();
      return ['CreateItem', 'UpdateItem', 'DeleteItem', 'MoveItem'].reduce(
        (sum, name) => sum + (operations[name] ?? 0),
        0,
      );
    },
    mails,
    /** Mails about one subject. */
    mailsAbout: async (subject: string) => (await mails()).mails.filter((mail) => mail.subject === subject),
    addFault: (fault: { match?: { operation?: string; mailbox?: string }; answer: FaultAnswer; times?: number }) =>
      sendOk<{ id: string }>('POST', `${url}/control/faults`, fault),
    faults: () => sendOk<unknown[]>('GET', `${url}/control/faults`),
    clearFaults: () => sendOk('DELETE', `${url}/control/faults`),
    answerAfter: (ms: number) => sendOk('PUT', `${url}/control/delay`, { ms }),
  };
}
