import { expect, test } from '@jest/globals';
import { memoryClock } from '../../../shared/adapters/memory/memory-clock.ts';
import { memoryCrm } from '../../../shared/adapters/memory/memory-crm.ts';
import { CrmUserId, compareVersions } from '../../../shared/domain/ids.ts';
import { CrmConnection } from '../../../shared/domain/organization.ts';

const connection = CrmConnection.parse({
  ...{ id: 'main', organizationId: 'contoso', name: 'CRM', baseUrl: 'https://crm.example' },
  ...{ tokenSecretName: 'crm-token', webhookSecretNames: ['crm-webhook'] },
});

test('a restored record is as it was, newer than its deletion, and the feed tells of it as created', () => {
  const { control } = memoryCrm({ clock: memoryClock() });
  for (const record of [control.create({ subject: 'Back' }), control.createContact({ surname: 'Back' })]) {
    const deletion = control.delete(record.id);
    const { watermark } = control.changesSince(undefined);
    const restored = control.restore(record.id);
    const { version } = restored;
    expect(restored).toEqual({ ...record, version });
    expect(compareVersions(version, deletion)).toBeGreaterThan(0);
    expect(control.changesSince(watermark).changes).toMatchObject([{ kind: 'created', recordId: record.id, version }]);
  }
});

test('fields that the CRM does not know are gone from what it answers, whoever wrote them', async () => {
  const clock = memoryClock();
  const { gateway, control } = memoryCrm({ clock, ignoresFields: ['location', 'showAs', 'birthday'] });
  const activity = control.create({ location: 'Here', showAs: 'free', categories: ['Green'] });
  expect(activity).toMatchObject({ location: '', categories: ['Green'] });
  expect(activity).not.toHaveProperty('showAs');
  const changed = await gateway.updateRecord(connection, activity.id, activity.version, {
    ...{ kind: 'activity', subject: 'Other', showAs: 'busy' },
  });
  expect(changed).toMatchObject({ subject: 'Other' });
  expect(changed).not.toHaveProperty('showAs');
  expect(control.createContact({ birthday: '1815-12-10' as never })).not.toHaveProperty('birthday');
});

test('a CRM that knows no series drops them, and learns them when told so', () => {
  const { control } = memoryCrm({ clock: memoryClock() });
  const recurrence = { pattern: { kind: 'daily', interval: 1 }, startDate: '2026-06-09', end: { kind: 'never' } };
  const series = { recurrence, exceptions: [], deleted: [] } as never;
  expect(control.create({ series })).not.toHaveProperty('series');
  control.setKnowsSeries(true);
  expect(control.create({ series })).toHaveProperty('series.recurrence', recurrence);
});

test('the same history gives the same ids and versions', () => {
  const trace = () => {
    const { control } = memoryCrm({ clock: memoryClock() });
    const one = control.create();
    control.createContact();
    control.update(one.id, { ownerId: CrmUserId.parse('rep2') });
    control.delete(one.id);
    control.restore(one.id);
    return [control.records(), control.contacts(), control.changesSince(undefined)];
  };
  expect(trace()).toEqual(trace());
});
