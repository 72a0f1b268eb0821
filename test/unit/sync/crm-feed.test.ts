import { beforeEach, expect, test } from '@jest/globals';
import { secretMissing } from '../../../shared/adapters/secret-errors.ts';
import { OrganizationId } from '../../../shared/domain/ids.ts';
import { CrmConnection, Organization, SecretName } from '../../../shared/domain/organization.ts';
import { type EngineStory, engineStory, hours, minutes } from '../../support/engine-story.ts';
import { contoso } from '../../support/engine-world.ts';

let story: EngineStory;
beforeEach(async () => {
  story = await engineStory();
});

const told = () => story.changes.sent().filter(({ kind }) => kind === 'crmChange').length;

test.each([3, 250])('a feed of %i changes that comes to rest is not read again for ever', async (count) => {
  for (let made = 0; made < count; made++) story.crm.control.create();
  await story.run(12 * minutes);
  // What came late is seen as long as it may come late.
  expect(told()).toBeGreaterThan(count);
  const before = told();
  await story.run(hours);
  expect(told()).toBe(before);
  story.crm.control.create();
  await story.run(minutes);
  expect(told()).toBeGreaterThan(before);
});

test('a feed in the order of commits is read once', async () => {
  const connection = await story.stores.directory.findCrmConnection(contoso);
  if (connection === undefined) throw new Error('there is no connection');
  await story.stores.directory.saveCrmConnection({ ...connection.value, commitOrderedFeed: true });
  for (let made = 0; made < 250; made++) story.crm.control.create();
  await story.run(12 * minutes);
  expect(told()).toBe(250);
});

test('one organization without its CRM token keeps no other from being polled', async () => {
  const fabrikam = OrganizationId.parse('fabrikam');
  const { directory } = story.stores;
  await directory.saveOrganization(Organization.parse({ id: fabrikam, name: 'F', fingerprintSecretName: 'key' }));
  const names = { tokenSecretName: 'other-token', webhookSecretNames: ['other-hook'] };
  const fields = { id: 'crm', organizationId: fabrikam, name: 'CRM', baseUrl: 'https://other.example', ...names };
  await directory.saveCrmConnection(CrmConnection.parse(fields));
  const asked: string[] = [];
  const { listChanges } = story.worker.deps.crm;
  story.worker.deps.crm = {
    ...story.worker.deps.crm,
    listChanges: (connection, ...rest) => {
      asked.push(connection.organizationId);
      if (connection.organizationId === contoso) return Promise.reject(secretMissing(SecretName.parse('crm-token')));
      return listChanges(connection, ...rest);
    },
  };
  await story.worker.pollCrm();
  expect(asked.sort()).toEqual(['contoso', 'fabrikam']);
  expect((await story.pauses()).map(({ scope }) => scope.kind)).toEqual(['crmConnection']);
});
