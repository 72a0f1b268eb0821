import { describe, expect, test } from '@jest/globals';
import { CrmChange } from '../../../shared/domain/change-message.ts';
import { CrmEvent, CrmEventBatch, toChanges } from '../../../shared/domain/crm-event.ts';
import { OrganizationId } from '../../../shared/domain/ids.ts';

const good = {
  specversion: '1.0',
  id: '4711-3',
  source: 'https://crm.example',
  type: 'crm.activity.updated.v1',
  subject: '4711',
  time: '2030-05-06T14:00:00+02:00',
  datacontenttype: 'application/json; charset=utf-8',
  data: { recordId: '4711', version: '17', ownerId: 'rep1' },
};
const contoso = OrganizationId.parse('contoso');
const seenAt = '2030-05-06T12:00:00.000Z';

const failingFields = (value: unknown): string[] =>
  CrmEvent.safeParse(value).error?.issues.map((issue) => issue.path.join('.')) ?? [];

describe('an event of the CRM', () => {
  test('is taken with all attributes, with only the required ones, and with extensions', () => {
    const { time: _time, datacontenttype: _type, ...required } = good;
    for (const event of [good, required, { ...good, tenantid: 'x', sequence: 7 }])
      expect(failingFields(event)).toEqual([]);
  });

  test.each([
    ['specversion', { ...good, specversion: '0.3' }],
    ['id', { ...good, id: '' }],
    ['source', { ...good, source: undefined }],
    ['type', { ...good, type: 'crm.activity.renamed.v1' }],
    ['subject', { ...good, subject: 4711 }],
    ['subject', { ...good, subject: '4712' }],
    ['time', { ...good, time: 'yesterday' }],
    ['datacontenttype', { ...good, datacontenttype: 'text/xml' }],
    ['traceparent', { ...good, traceparent: 'x'.repeat(101) }],
    ['data', { ...good, data: undefined }],
    ['data.recordId', { ...good, data: { ...good.data, recordId: 'a\nb' } }],
    ['data.version', { ...good, data: { ...good.data, version: 17 } }],
    ['data.version', { ...good, data: { ...good.data, version: 'v17' } }],
    ['data.recordId', { ...good, subject: 'contact:1', data: { ...good.data, recordId: 'contact:1' } }],
    ['data.entity', { ...good, data: { ...good.data, entity: 'contact' } }],
    ['data.entity', { ...good, type: 'crm.contact.updated.v1', data: { ...good.data, entity: 'activity' } }],
    ['data.entity', { ...good, data: { ...good.data, entity: 'email' } }],
    ['data.ownerId', { ...good, data: { ...good.data, ownerId: '' } }],
  ])('is refused naming %s', (field, event) => {
    expect(failingFields(event)).toContain(field);
  });

  test('may say what the record is, as its type does', () => {
    for (const entity of ['activity', 'contact'])
      expect(failingFields({ ...good, type: `crm.${entity}.created.v1`, data: { ...good.data, entity } })).toEqual([]);
    expect(failingFields({ ...good, type: 'crm.contact.deleted.v1' })).toEqual([]);
  });

  test('is named by its place when one of a batch is bad', () => {
    const paths = CrmEventBatch.safeParse([good, { ...good, id: '' }]).error?.issues.map(({ path }) => path.join('.'));
    expect(paths).toEqual(['1.id']);
  });
});

describe('the changes that events lead to', () => {
  const event = (recordId: string, version: string, type = 'updated', extra = {}) =>
    CrmEvent.parse({
      ...good,
      type: `crm.activity.${type}.v1`,
      subject: recordId,
      data: { recordId, version },
      ...extra,
    });

  test('say that something changed and carry nothing but ids, the version and the trace', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const [change] = toChanges([event('4711', '17', 'created', { traceparent, title: 'Dinner' })], contoso, seenAt);

    expect(change).toEqual(
      CrmChange.parse({
        kind: 'crmChange',
        schema: 1,
        organizationId: contoso,
        reason: 'created',
        recordId: '4711',
        version: '17',
        seenAt,
        traceparent,
      }),
    );
  });

  test('are one a record, for the version that is newest as a number, in whatever order they came', () => {
    const events = [
      event('a', '9'),
      event('b', '1', 'created'),
      event('a', '10', 'deleted'),
      event('a', '2', 'created'),
    ];
    const changes = toChanges(events, contoso, seenAt).map(({ recordId, version, reason }) => [
      recordId,
      version,
      reason,
    ]);
    expect(changes).toEqual([
      ['a', '10', 'deleted'],
      ['b', '1', 'created'],
    ]);
  });

  test('tell a contact from an activity of the same id', () => {
    const contact = event('a', '3', 'deleted', { type: 'crm.contact.deleted.v1' });
    const changes = toChanges([event('a', '9'), contact], contoso, seenAt);
    expect(changes.map(({ recordId, version, reason }) => [recordId, version, reason])).toEqual([
      ['a', '9', 'updated'],
      ['contact:a', '3', 'deleted'],
    ]);
  });
});
