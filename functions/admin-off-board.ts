import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import {
  type OffBoardDeps,
  type OffBoardingStarted,
  offBoardMailbox,
  offBoardOrganization,
} from '../shared/admin/off-board.ts';
import { MailboxId } from '../shared/domain/ids.ts';
import { ItemsAfter } from '../shared/domain/off-boarding.ts';
import { adminRoute, json, notFound } from './admin-route.ts';
import { Malformed } from './malformed.ts';
import { problem } from './problem.ts';
import type { Triggers } from './triggers.ts';

/** Who asked, until people sign in: an id, never an address. */
const admin = 'admin';
const confirmation = 'x-confirm-organization';

/** Ending the synchronisation of a mailbox or of an organization for good. The answer names the job, which is the receipt in the end. */
export function registerAdminOffBoard(app: Triggers, deps: OffBoardDeps): void {
  adminRoute(app, 'mailbox-off-board', ['DELETE'], '/mailboxes/{id}', async ({ request, organization }) => {
    const id = MailboxId.safeParse(request.params['id']);
    if (!id.success) return notFound('mailbox');
    const wish = { items: itemsOf(request), by: admin };
    return answer(await offBoardMailbox(deps, organization, id.data, wish), 'mailbox');
  });
  adminRoute(app, 'organization-off-board', ['DELETE'], '', async ({ request, organization }) => {
    const items = itemsOf(request);
    if (request.headers.get(confirmation) !== organization) {
      return problem(428, 'This removes all that is kept of the organization', {
        detail: `Send its id in the header ${confirmation} to confirm.`,
      });
    }
    return answer(await offBoardOrganization(deps, organization, { items, by: admin }), 'organization');
  });
}

function itemsOf(request: HttpRequest): ItemsAfter {
  const items = ItemsAfter.default('keep').safeParse(request.query.get('items') ?? undefined);
  if (items.success) return items.data;
  throw new Malformed([{ path: 'items', message: 'keep or remove' }]);
}

function answer(started: OffBoardingStarted, what: string): HttpResponseInit {
  if (started.outcome === 'unknown') return notFound(what);
  const { cursor: _cursor, ...job } = started.job;
  return json(job, started.outcome === 'started' ? 202 : 200);
}
