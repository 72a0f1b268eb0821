import { z } from 'zod';
import { ControlItem, editCalendarItem } from './control-item.ts';
import { ControlContact, ControlTask, editOtherItem } from './control-other-items.ts';
import type { ControlAnswer, ControlParts, ControlRequest } from './control-request.ts';
import { deleteContent } from './delete-content.ts';
import { findFolder, homeFolder } from './folders.ts';
import { withRequestSent } from './item-content.ts';
import { findMailbox, type MailboxEntry } from './mailbox-directory.ts';
import { openOccurrence } from './occurrence-item.ts';
import { withOnlineMeeting } from './online-meeting.ts';
import { openItem } from './open-item.ts';
import type { OpenItem, OpenMailbox, RequestContext } from './request-context.ts';
import { respondToMeeting } from './respond-to-meeting.ts';
import { sendMeeting } from './send-meeting.ts';
import { occurrencesIn } from './series.ts';
import { showItem } from './show-item.ts';
import { contentOf, type ItemContent } from './store.ts';
import { writeContent } from './write-item.ts';
import { textElement } from './xml.ts';

const AnyItem = z.union([ControlItem, ControlTask, ControlContact]);
type AnyItem = z.infer<typeof AnyItem>;
const DeleteType = z.enum(['HardDelete', 'SoftDelete', 'MoveToDeletedItems']);
const Response = z.strictObject({
  response: z.enum(['Accept', 'Tentative', 'Decline']),
  send: z.boolean().default(true),
});
const Copy = z.strictObject({ folder: z.string().optional() });
const OnlineMeeting = z.strictObject({ url: z.url().optional() });

/** One mailbox and its user, who is the one that acts here. */
interface Desk {
  context: RequestContext;
  mailbox: OpenMailbox;
  entry: MailboxEntry;
}

const notFound = (what: string): ControlAnswer => ({ status: 404, body: { error: `no ${what}` } });

function edit(context: RequestContext, input: AnyItem, old: ItemContent | undefined): ItemContent {
  return input.kind === 'Task' || input.kind === 'Contact'
    ? editOtherItem(context, input, old)
    : editCalendarItem(context, input, old);
}

function parseItem(body: unknown, kind: string | undefined): AnyItem {
  const named = z.looseObject({ kind: z.string().optional() }).parse(body);
  const schema = { Task: ControlTask, Contact: ControlContact }[kind ?? named.kind ?? ''] ?? ControlItem;
  return schema.parse(kind === undefined ? body : { ...named, kind });
}

function list({ context, mailbox }: Desk, query: URLSearchParams): ControlAnswer {
  const folder = query.get('folder');
  const kind = query.get('kind') ?? 'CalendarItem';
  const items = mailbox.store
    .allItems()
    .filter((item) => (folder === null || item.folder === folder) && (kind === 'all' || item.kind === kind));
  return { status: 200, body: items.map((item) => showItem(context, { mailbox, item })) };
}

function create({ context, mailbox, entry }: Desk, body: unknown): ControlAnswer {
  const input = parseItem(body, undefined);
  const sends = 'send' in input && input.send === true;
  const content = edit(context, input, undefined);
  const folder = input.folder ?? homeFolder[content.kind];
  if (!findFolder(folder, entry)) return notFound(`folder ${folder}`);
  const item = mailbox.store.insert(folder, sends ? withRequestSent(content) : content, entry.name);
  if (sends) sendMeeting(context, 'SendToAllAndSaveCopy', undefined, { mailbox, item });
  return { status: 201, body: showItem(context, { mailbox, item: mailbox.store.item(item.id) ?? item }) };
}

function change({ context, mailbox, entry }: Desk, open: OpenItem, body: unknown): ControlAnswer {
  const { folder, ...input } = parseItem(body, open.item.kind);
  if (folder !== undefined && !findFolder(folder, entry)) return notFound(`folder ${folder}`);
  const sends = 'send' in input && input.send === true;
  let changed = open;
  if (Object.keys(input).length > 1) {
    const content = edit(context, input, contentOf(open.item));
    changed = writeContent(open, sends ? withRequestSent(content) : content, entry.name);
    if (sends) sendMeeting(context, 'SendToAllAndSaveCopy', open, changed);
  }
  if (folder !== undefined && folder !== changed.item.folder && !changed.occurrence)
    changed = { mailbox, item: mailbox.store.move(changed.item.id, folder, entry.name) };
  return { status: 200, body: showItem(context, changed) };
}

function remove({ context, entry }: Desk, open: OpenItem, query: URLSearchParams): ControlAnswer {
  const type = DeleteType.parse(query.get('type') ?? 'MoveToDeletedItems');
  if (query.get('send') === 'true') sendMeeting(context, 'SendToAllAndSaveCopy', open, undefined);
  deleteContent(open, type, entry.name);
  return { status: 204 };
}

/** What a user does with an item beyond reading, editing and deleting it. */
function act(
  { context, mailbox, entry }: Desk,
  open: OpenItem,
  action: string,
  request: ControlRequest,
): ControlAnswer {
  const body = request.body ?? {};
  const shown = (changed: OpenItem | undefined): ControlAnswer =>
    changed ? { status: 200, body: showItem(context, changed) } : { status: 204 };
  switch (`${request.method} ${action}`) {
    case 'POST respond': {
      const { response, send } = Response.parse(body);
      return shown(respondToMeeting(context, open, response, send));
    }
    case 'POST touch':
      return shown(writeContent(open, contentOf(open.item), entry.name));
    case 'POST copy': {
      const { folder = open.item.folder } = Copy.parse(body);
      if (!findFolder(folder, entry)) return notFound(`folder ${folder}`);
      return shown({ mailbox, item: mailbox.store.insert(folder, contentOf(open.item), entry.name) });
    }
    case 'POST online-meeting':
      return shown(
        writeContent(open, withOnlineMeeting(contentOf(open.item), OnlineMeeting.parse(body).url), entry.name),
      );
    case 'GET occurrences': {
      const [from = '', to = ''] = ['from', 'to'].map((name) => request.query.get(name) ?? undefined);
      const span = z
        .tuple([z.iso.datetime(), z.iso.datetime()])
        .parse([from, to])
        .map((text) => Date.parse(text));
      const found = occurrencesIn(open.item, span[0] ?? 0, span[1] ?? 0);
      return { status: 200, body: found.map((one) => showItem(context, openOccurrence(mailbox, open.item, one))) };
    }
    default:
      return notFound('such control');
  }
}

/** Items of one mailbox, as its user changes them in Outlook. `path`: what stands behind items/. */
export function answerItems(
  parts: ControlParts,
  address: string,
  path: readonly string[],
  request: ControlRequest,
): ControlAnswer {
  const entry = findMailbox(parts.directory, address);
  if (!entry) return notFound(`mailbox ${address}`);
  const { directory, store, clock } = parts;
  const account = { kind: 'user' as const, name: entry.address, mayImpersonate: [] };
  const context: RequestContext = { directory, store, clock, account, acting: entry, timeZoneId: 'UTC' };
  const desk: Desk = { context, entry, mailbox: { entry, store: store.mailbox(entry.address) } };
  const [id, action, index] = path;
  if (id === undefined) {
    if (request.method === 'GET') return list(desk, request.query);
    return request.method === 'POST' ? create(desk, request.body) : { status: 405 };
  }
  const open =
    action === 'occurrences' && index !== undefined
      ? openItem(context, textElement('t:OccurrenceItemId', '', { RecurringMasterId: id, InstanceIndex: index }))
      : openItem(context, textElement('t:ItemId', '', { Id: id }));
  if (action !== undefined && index === undefined) return act(desk, open, action, request);
  switch (request.method) {
    case 'GET':
      return { status: 200, body: showItem(context, open) };
    case 'PATCH':
      return change(desk, open, request.body);
    case 'DELETE':
      return remove(desk, open, request.query);
    default:
      return { status: 405 };
  }
}
