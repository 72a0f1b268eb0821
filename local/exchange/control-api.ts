import { z } from 'zod';
import { answerItems } from './control-items.ts';
import type { ControlAnswer, ControlParts, ControlRequest } from './control-request.ts';
import { EwsError } from './ews-error.ts';
import { InjectedFault } from './fault-injection.ts';

const notFound = (what: string): ControlAnswer => ({ status: 404, body: { error: `no ${what}` } });

function answerFaults({ controls }: ControlParts, id: string | undefined, request: ControlRequest): ControlAnswer {
  if (request.method === 'GET') return { status: 200, body: controls.faults.list() };
  if (request.method === 'POST')
    return { status: 201, body: { id: controls.faults.add(InjectedFault.parse(request.body)) } };
  if (request.method !== 'DELETE') return { status: 405 };
  controls.faults.remove(id);
  return { status: 204 };
}

function mailSummary({ store }: ControlParts): ControlAnswer {
  const count: Record<string, number> = {};
  for (const mail of store.mails()) count[mail.mailbox] = (count[mail.mailbox] ?? 0) + 1;
  return { status: 200, body: { total: store.mails().length, perMailbox: count, mails: store.mails() } };
}

function route(parts: ControlParts, request: ControlRequest): ControlAnswer {
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
  if (resource === 'mailboxes' && rest[1] === 'items') return answerItems(parts, rest[0] ?? '', rest.slice(2), request);
  return notFound('such control');
}

/** The side door for tests and demos: what users, networks and operators do to a mail server. Never part of EWS. */
export function answerControl(parts: ControlParts, request: ControlRequest): ControlAnswer {
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
