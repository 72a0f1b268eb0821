import { beforeAll, describe, expect, test } from '@jest/globals';
import { Failure } from '../../shared/domain/failure.ts';
import type { OrganizationId } from '../../shared/domain/ids.ts';
import type { FailureStore } from '../../shared/ports/failure-store.ts';
import { awkwardIds, uniqueOrganization } from '../support/unique-mailbox.ts';

const failure = (organizationId: OrganizationId | undefined, id: string, fields: Partial<Failure> = {}): Failure => ({
  ...Failure.parse({
    id,
    recordId: 'r/1 😀',
    reason: 'startNotBeforeEnd',
    text: 'The start is not before the end. Correct the activity in the CRM.',
    attempts: 4,
    failedAt: '2026-01-05T09:00:00Z',
    message: JSON.stringify({ kind: 'crmChange', recordId: 'r/1' }),
  }),
  ...(organizationId === undefined ? {} : { organizationId }),
  ...fields,
});

/** What every store of failures must do, whatever it keeps its rows in. */
export function describeFailureStore(name: string, create: () => Promise<FailureStore>): void {
  describe(`the failure store of ${name}`, () => {
    let store: FailureStore;
    beforeAll(async () => {
      store = await create();
    });

    test.each([...awkwardIds])('a failure called %j is found, listed and removed', async (id) => {
      const organization = uniqueOrganization();
      await store.report(failure(organization, id));
      expect(await store.find(organization, id)).toEqual(failure(organization, id));
      expect(await store.list(organization, 10)).toEqual([failure(organization, id)]);
      await store.remove(organization, id);
      await store.remove(organization, id);
      expect(await store.find(organization, id)).toBeUndefined();
      expect(await store.list(organization, 10)).toEqual([]);
    });

    test('the newest come first, up to the limit', async () => {
      const organization = uniqueOrganization();
      const days = ['03', '01', '04', '02'];
      for (const day of days) {
        await store.report(failure(organization, `f${day}`, { failedAt: `2026-01-${day}T09:00:00Z` }));
      }
      expect((await store.list(organization, 3)).map(({ id }) => id)).toEqual(['f04', 'f03', 'f02']);
      expect(await store.list(organization, 0)).toEqual([]);
    });

    test('reported twice, it is one row, at the later time and with the later text', async () => {
      const organization = uniqueOrganization();
      await store.report(failure(organization, 'f1', { failedAt: '2026-01-01T09:00:00Z', mailboxId: undefined }));
      await store.report(failure(organization, 'f2', { failedAt: '2026-01-02T09:00:00Z' }));
      const again = failure(organization, 'f1', { failedAt: '2026-01-03T09:00:00Z', attempts: 8 });
      await store.report(again);
      await store.report(again);
      expect((await store.list(organization, 10)).map(({ id }) => id)).toEqual(['f1', 'f2']);
      expect(await store.find(organization, 'f1')).toEqual(again);
    });

    test('reported by several at once, it is one row', async () => {
      const organization = uniqueOrganization();
      const times = ['01', '02', '03'];
      await store.report(failure(organization, 'f1'));
      await Promise.all(
        times.map((day) => store.report(failure(organization, 'f1', { failedAt: `2026-01-${day}T09:00:00Z` }))),
      );
      const listed = await store.list(organization, 10);
      expect(listed).toEqual([await store.find(organization, 'f1')]);
    });

    test('a failure can come back after it was removed', async () => {
      const organization = uniqueOrganization();
      await store.report(failure(organization, 'f1'));
      await store.remove(organization, 'f1');
      await store.report(failure(organization, 'f1', { attempts: 9 }));
      expect(await store.list(organization, 10)).toEqual([failure(organization, 'f1', { attempts: 9 })]);
    });

    test('what names no organization is kept apart, and organizations do not see each other', async () => {
      const [mine, theirs] = [uniqueOrganization(), uniqueOrganization()];
      const id = `nobody-${mine}`;
      await store.report(failure(undefined, id));
      await store.report(failure(mine, 'f1'));
      expect(await store.find(undefined, id)).toEqual(failure(undefined, id));
      expect((await store.list(undefined, 1000)).map((one) => one.id)).toContain(id);
      expect((await store.list(undefined, 1000)).map((one) => one.id)).not.toContain('f1');
      expect(await store.find(mine, id)).toBeUndefined();
      expect(await store.list(theirs, 10)).toEqual([]);
      await store.remove(theirs, 'f1');
      expect(await store.find(mine, 'f1')).toBeDefined();
    });
  });
}
