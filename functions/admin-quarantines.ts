import { type ReleaseDeps, releaseQuarantine } from '../shared/admin/release-quarantine.ts';
import { MailboxId } from '../shared/domain/ids.ts';
import { adminRoute, json, notFound } from './admin-route.ts';
import type { Triggers } from './triggers.ts';

/** Who asked, until people sign in: an id, never an address. */
const admin = 'admin';

/** What stands still because a brake stopped it, and letting it go on. */
export function registerAdminQuarantines(app: Triggers, deps: ReleaseDeps): void {
  adminRoute(app, 'quarantines', ['GET'], '/quarantines', async ({ organization, request }) => {
    const all = await deps.brakes.list(organization);
    return json(request.query.get('all') === '1' ? all : all.filter(({ releasedAt }) => releasedAt === undefined));
  });
  adminRoute(
    app,
    'quarantine-release',
    ['POST'],
    '/mailboxes/{id}/quarantines/{quarantine}/release',
    async ({ organization, request }) => {
      const id = MailboxId.safeParse(request.params['id']);
      if (!id.success) return notFound('mailbox');
      const mailbox = { organizationId: organization, mailboxId: id.data };
      const result = await releaseQuarantine(deps, mailbox, request.params['quarantine'] ?? '', admin);
      return result === 'unknown' ? notFound('quarantine') : { status: 204 };
    },
  );
}
