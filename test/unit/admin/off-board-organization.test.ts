import { expect, test } from '@jest/globals';
import { OrganizationId } from '../../../shared/domain/ids.ts';
import { Organization } from '../../../shared/domain/organization.ts';
import { minutes } from '../../support/engine-story.ts';
import { contoso, rep1, rep2 } from '../../support/engine-world.ts';
import { receiptOf, startOffBoarding, twoMailboxes } from '../../support/off-boarding.ts';

const receiptId = 'organization-1';

test('off-boarding an organization takes all of its mailboxes along and leaves nothing but the receipt', async () => {
  const story = await twoMailboxes();
  await story.start('sweep');
  await startOffBoarding(story, 'remove');
  story.crm.control.create({ subject: 'Too late' });
  await story.announced();
  await story.run(15 * minutes);
  const receipt = await receiptOf(story, receiptId);
  expect(receipt).toMatchObject({ state: 'done', by: 'admin-1', input: JSON.stringify({ items: 'remove' }) });
  expect(receipt.counts).toMatchObject({ 'items.removed': 4, 'items.cleaned': 2 });
  for (const mailboxId of [rep1, rep2]) {
    expect(story.calendar(mailboxId)).toMatchObject([{ subject: 'Mine', bodyText: 'My notes', stamp: undefined }]);
  }
  const { jobs, ...others } = story.stores;
  expect((await jobs.list(contoso)).map(({ id }) => id)).toEqual([receiptId]);
  for (const [name, store] of Object.entries(others))
    expect([name, await store.eraseOrganization(contoso)]).toEqual([name, 0]);
  expect(await story.stores.directory.listOrganizations()).toEqual([]);
});

test('the receipts of mailboxes that were off-boarded before stay, and other organizations lose nothing', async () => {
  const story = await twoMailboxes();
  const other = OrganizationId.parse('contoso2');
  const { directory } = story.stores;
  await directory.saveOrganization(Organization.parse({ id: other, name: 'Two', fingerprintSecretName: 'key' }));
  await startOffBoarding(story, 'keep', rep1);
  await story.run(10 * minutes);
  await startOffBoarding(story, 'keep');
  await story.run(10 * minutes);
  expect((await story.stores.jobs.list(contoso)).map(({ id }) => id).sort()).toEqual([`mailbox-${rep1}-1`, receiptId]);
  expect(story.calendar(rep1)).toHaveLength(3);
  expect((await directory.listOrganizations()).map(({ id }) => id)).toEqual([other]);
});

test('an organization that is unknown is not off-boarded', async () => {
  const story = await twoMailboxes();
  await startOffBoarding(story, 'keep');
  await story.run(10 * minutes);
  expect(await startOffBoarding(story, 'keep')).toEqual({ outcome: 'unknown' });
});
