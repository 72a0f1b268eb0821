import type { SaveMailboxDeps } from '../shared/admin/save-mailbox.ts';
import { saveProfile } from '../shared/admin/save-profile.ts';
import { EmailServerProfile } from '../shared/domain/email-server-profile.ts';
import { CommunityId, ProfileId } from '../shared/domain/ids.ts';
import { Community, CrmConnection, Organization } from '../shared/domain/organization.ts';
import { adminRoute, json, notFound, readBody, saved, stored } from './admin-route.ts';
import type { Triggers } from './triggers.ts';

/** The organization itself, its CRM connection, its communities and its email server profiles. */
export function registerAdminDirectory(app: Triggers, deps: SaveMailboxDeps): void {
  const { directory } = deps;
  adminRoute(app, 'organization', ['GET', 'PUT'], '', async ({ request, organization }) => {
    if (request.method === 'GET') return stored(await directory.findOrganization(organization), 'organization');
    return saved(
      await directory.saveOrganization(await readBody(request, Organization, { id: organization }), ifMatch(request)),
    );
  });
  adminRoute(app, 'crm-connection', ['GET', 'PUT'], '/crm-connection', async ({ request, organization }) => {
    if (request.method === 'GET') return stored(await directory.findCrmConnection(organization), 'CRM connection');
    const connection = await readBody(request, CrmConnection, { organizationId: organization });
    return saved(await directory.saveCrmConnection(connection, ifMatch(request)));
  });
  adminRoute(app, 'communities', ['GET'], '/communities', async ({ organization }) =>
    json(await directory.listCommunities(organization)),
  );
  adminRoute(app, 'community', ['PUT'], '/communities/{id}', async ({ request, organization }) => {
    const id = CommunityId.safeParse(request.params['id']);
    if (!id.success) return notFound('community');
    const community = await readBody(request, Community, { id: id.data, organizationId: organization });
    return saved(await directory.saveCommunity(community, ifMatch(request)));
  });
  adminRoute(app, 'profiles', ['GET'], '/profiles', async ({ organization }) =>
    json(await directory.listProfiles(organization)),
  );
  adminRoute(app, 'profile', ['GET', 'PUT'], '/profiles/{id}', async ({ request, organization }) => {
    const id = ProfileId.safeParse(request.params['id']);
    if (!id.success) return notFound('profile');
    if (request.method === 'GET') return stored(await directory.findProfile(organization, id.data), 'profile');
    const profile = await readBody(request, EmailServerProfile, { id: id.data, organizationId: organization });
    return saved(await saveProfile(deps, profile, ifMatch(request)));
  });
}

const ifMatch = (request: { readonly headers: { get(name: string): string | null } }) =>
  request.headers.get('if-match') ?? undefined;
