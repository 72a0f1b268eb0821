import { EmailServerProfile } from '../../../shared/domain/email-server-profile.ts';
import { ItemId, OrganizationId, ProfileId, RecordId } from '../../../shared/domain/ids.ts';
import { LiveMapping } from '../../../shared/domain/item-mapping.ts';
import { Mailbox } from '../../../shared/domain/mailbox.ts';
import { Organization } from '../../../shared/domain/organization.ts';
import { type EngineWorld, rep1 } from '../engine-world.ts';
import { otherTenant } from './observer.ts';

type Stores = EngineWorld['stores'];

const fabrikam = OrganizationId.parse(otherTenant);
/** The very ids that the first tenant has: only the organization tells them apart. */
const box = { organizationId: fabrikam, mailboxId: rep1 };
const main = ProfileId.parse('main');
const records = ['activity-1', 'activity-2', 'contact:1'].map((id) => RecordId.parse(id));
const at = '2026-01-01T00:00:00.000Z';

/** Another organization in the same stores, suspended, so that nothing of it may change, nor be of use to others. */
export async function addOtherTenant({ directory, mappings, statuses, cursors, schedules }: Stores): Promise<void> {
  await directory.saveOrganization(
    Organization.parse({ id: fabrikam, name: 'Fabrikam', fingerprintSecretName: 'other-key', state: 'suspended' }),
  );
  await directory.saveProfile(
    EmailServerProfile.parse({
      id: main,
      organizationId: fabrikam,
      name: 'Main',
      type: 'exchangeOnPremises',
      authentication: { kind: 'basic', userName: 'sync@fabrikam.example', secretName: 'other-password' },
    }),
  );
  await directory.saveMailbox(
    Mailbox.parse({
      id: rep1,
      organizationId: fabrikam,
      profileId: main,
      address: 'rep1@fabrikam.example',
      crmUserId: 'rep1',
      approval: 'approved',
    }),
  );
  await mappings.saveLive(
    box,
    records.map((recordId, index) => ({
      mapping: LiveMapping.parse({
        state: 'live',
        recordId,
        origin: 'crm',
        generation: 0,
        itemId: `item-${index + 1}`,
        changeKey: `change-key-${index + 1}`,
        crmVersion: '1',
        agreed: { crm: {}, exchange: {} },
        confirmed: true,
      }),
    })),
  );
  await mappings.claimHome(fabrikam, records[0] as RecordId, { mailboxId: rep1, generation: 0 });
  await statuses.save(box, 'appointments', { status: 'syncing', since: at, failuresInARow: 0 });
  await cursors.saveSyncState(box, 'calendar', Buffer.from('a state of theirs').toString('base64'));
  await schedules.save(box, { mailboxId: rep1, profileId: main, dueAt: at });
}

/** All that is kept of it, as one text. */
export async function rowsOfOtherTenant(stores: Stores): Promise<string> {
  const { directory, mappings, statuses, cursors, schedules, pauses, failures } = stores;
  const held: unknown[] = [];
  for await (const row of pauses.held(fabrikam)) held.push(row);
  return JSON.stringify([
    await directory.findOrganization(fabrikam),
    await directory.findProfile(fabrikam, main),
    await directory.listMailboxes(fabrikam),
    [...(await mappings.findByRecords(box, records))],
    [
      ...(await mappings.findByItems(
        box,
        [1, 2, 3].map((number) => ItemId.parse(`item-${number}`)),
      )),
    ],
    await mappings.findHome(fabrikam, records[0] as RecordId),
    await statuses.list(fabrikam),
    await cursors.findSyncState(box, 'calendar'),
    await schedules.find(box),
    await pauses.list(fabrikam),
    await failures.list(fabrikam, 9),
    held,
  ]);
}
