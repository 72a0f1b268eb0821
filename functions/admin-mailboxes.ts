import { type EnableDeps, enableProcess } from '../shared/admin/enable-process.ts';
import { listMailboxes } from '../shared/admin/list-mailboxes.ts';
import { type SaveMailboxDeps, saveMailbox } from '../shared/admin/save-mailbox.ts';
import { MailboxId } from '../shared/domain/ids.ts';
import { Mailbox } from '../shared/domain/mailbox.ts';
import type { PauseStore } from '../shared/ports/pause-store.ts';
import { adminRoute, json, notFound, readBody, saved, stored } from './admin-route.ts';
import { problem } from './problem.ts';
import type { Triggers } from './triggers.ts';

/** Mailboxes with the status of each process; enrolling one; ending its disabled state. */
export function registerAdminMailboxes(
  app: Triggers,
  deps: SaveMailboxDeps & EnableDeps & { readonly pauses: PauseStore },
): void {
  const { directory } = deps;
  adminRoute(app, 'mailboxes', ['GET'], '/mailboxes', async ({ organization }) =>
    json(await listMailboxes(deps, organization)),
  );
  adminRoute(app, 'mailbox', ['GET', 'PUT'], '/mailboxes/{id}', async ({ request, organization }) => {
    const id = MailboxId.safeParse(request.params['id']);
    if (!id.success) return notFound('mailbox');
    if (request.method === 'GET') return stored(await directory.findMailbox(organization, id.data), 'mailbox');
    const mailbox = await readBody(request, Mailbox, { id: id.data, organizationId: organization });
    const profile = await directory.findProfile(organization, mailbox.profileId);
    if (profile === undefined) {
      return problem(400, 'The request is malformed', { errors: [{ path: 'profileId', message: 'no such profile' }] });
    }
    return saved(await saveMailbox(deps, mailbox, profile.value, request.headers.get('if-match') ?? undefined));
  });
  adminRoute(app, 'mailbox-enable', ['POST'], '/mailboxes/{id}/enable', async ({ request, organization }) => {
    const id = MailboxId.safeParse(request.params['id']);
    if (!id.success) return notFound('mailbox');
    const result = await enableProcess(deps, { organizationId: organization, mailboxId: id.data });
    if (result.outcome === 'unknown') return notFound('mailbox');
    if (result.outcome === 'enabled') return json({ status: 'unattempted' });
    return problem(409, 'Exchange still refuses', { detail: `${result.code}: ${result.text}` });
  });
}
