import { z } from 'zod';
import { ControlItem, editContent, showItem } from './control-item.ts';
import type { Controls } from './controls.ts';
import { EwsError } from './ews-error.ts';
import { InjectedFault } from './fault-injection.ts';
import { findFolder } from './folders.ts';
import { findMailbox, type MailboxDirectory } from './mailbox-directory.ts';
import { openItem } from './open-item.ts';
import type { OpenMailbox, RequestContext } from './request-context.ts';
import type { Store } from './store.ts';
import { textElement } from './xml.ts';

export interface ControlRequest {
  method: string;
  /** Behind /control/, decoded. */
  segments: readonly string[];
  query: URLSearchParams;
  body: unknown;
}

export interface ControlAnswer {
  status: number;
  body?: unknown;
}

interface Parts {
  directory: MailboxDirectory;
  store: Store;
  clock: () => Date;
  controls: Controls;
}

const notFound = (what: string): ControlAnswer => ({ status: 404, body: { error: `no ${what}` } });
const DeleteType = z.enum(['HardDelete', 'SoftDelete', 'MoveToDeletedItems']);

/** Items of one mailbox, as its user changes them in Outlook. */
function answerItems(parts: Parts, address: string, id: string | undefined, request: ControlRequest): ControlAnswer {
  const entry = findMailbox(parts.directory, address);
  if (!entry) return notFound(`mailbox ${address}`);
  const { directory, store, clock } = parts;
  const account = { kind: 'user' as const, name: entry.address, mayImpersonate: [] };
  const context: RequestContext = { directory, store, clock, account, acting: entry, timeZoneId: 'UTC' };
  const mailbox: OpenMailbox = { entry, store: store.mailbox(entry.address) };
  if (id === undefined) {
    if (request.method === 'GET') {
      const folder = request.query.get('folder');
      const kind = request.query.get('kind') ?? 'CalendarItem';
      const items = mailbox.store
        .allItems()
        .filter((item) => (folder === null || item.folder === folder) && (kind === 'all' || item.kind === kind));
      return { status: 200, body: items.map((item) => showItem(context, { mailbox, item })) };
    }
    if (request.method !== 'POST') return { status: 405 };
    const { folder = 'calendar', ...input } = ControlItem.parse(request.body);
    if (!findFolder(folder, entry)) return notFound(`folder ${folder}`);
    const item = mailbox.store.insert(folder, editContent(context, input), entry.name);
    return { status: 201, body: showItem(context, { mailbox, item }) };
  }
  const { item } = openItem(context, textElement('t:ItemId', '', { Id: id }));
  if (request.method === 'GET') return { status: 200, body: showItem(context, { mailbox, item }) };
  if (request.method === 'PATCH') {
    const { folder, ...input } = ControlItem.parse(request.body);
    if (folder !== undefined && !findFolder(folder, entry)) return notFound(`folder ${folder}`);
    const edits = Object.keys(input).length > 0;
    const edited = edits ? mailbox.store.replace(item.id, editContent(context, input, item), entry.name) : item;
    const moved =
      folder !== undefined && folder !== item.folder ? mailbox.store.move(edited.id, folder, entry.name) : edited;
    return { status: 200, body: showItem(context, { mailbox, item: moved }) };
  }
  if (request.method !== 'DELETE') return { status: 405 };
  const type = DeleteType.parse(request.query.get('type') ?? 'MoveToDeletedItems');
  if (type === 'HardDelete') mailbox.store.remove(item.id);
  else mailbox.store.move(item.id, type === 'SoftDelete' ? 'recoverableitemsdeletions' : 'deleteditems', entry.name);
  return { status: 204 };
}

function answerFaults({ controls }: Parts, id: string | undefined, request: ControlRequest): ControlAnswer {
  if (request.method === 'GET') return { status: 200, body: controls.faults.list() };
  if (request.method === 'POST')
    return { status: 201, body: { id: controls.faults.add(InjectedFault.parse(request.body)) } };
  if (request.method !== 'DELETE') return { status: 405 };
  controls.faults.remove(id);
  return { status: 204 };
}

function mailSummary({ store }: Parts): ControlAnswer {
  const count: Record<string, number> = {};
  for (const mail of store.mails()) count[mail.mailbox] = (count[mail.mailbox] ?? 0) + 1;
  return { status: 200, body: { total: store.mails().length, perMailbox: count, mails: store.mails() } };
}

function route(parts: Parts, request: ControlRequest): ControlAnswer {
  const [resource, ...rest] = request.segments;
  const { controls, store } = parts;
  switch (`${request.method} ${resource}`) {
    case 'GET mails':
      return mailSummary(parts);
    case 'GET requests': {
      const operations = Object.fromEntries(controls.requests);
      return { status: 200, body: { total: Object.values(operations).reduce((sum, one) => sum + one, 0), operations } };
    }
    case 'POST reset-counters':
      controls.requests.clear();
      store.clearMails();
      return { status: 204 };
    case 'PUT delay':
      controls.delayMs = z.strictObject({ ms: z.number().int().nonnegative() }).parse(request.body).ms;
      return { status: 204 };
    case 'POST sync-states':
      if (rest[0] !== 'forget') return notFound('such control');
      store.forgetSyncStates();
      return { status: 204 };
  }
  if (resource === 'faults') return answerFaults(parts, rest[0], request);
  if (resource === 'mailboxes' && rest.length === 0 && request.method === 'GET') {
    return { status: 200, body: parts.directory.mailboxes.map(({ address, name }) => ({ address, name })) };
  }
  if (resource === 'mailboxes' && rest[1] === 'items') return answerItems(parts, rest[0] ?? '', rest[2], request);
  return notFound('such control');
}

/** The side door for tests and demos: what users, networks and operators do to a mail server. Never part of EWS. */
export function answerControl(parts: Parts, request: ControlRequest): ControlAnswer {
  try {
    return route(parts, request);
  } catch (error) {
    if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
    if (error instanceof EwsError) {
      return {
        status: error.code === 'ErrorItemNotFound' ? 404 : 400,
        body: { error: error.message, code: error.code },
      };
    }
    throw error;
  }
}
