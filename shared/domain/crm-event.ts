import { z } from 'zod';
import { CrmChange } from './change-message.ts';
import { ActivityId, ConnectorEntity, ContactId } from './crm-connector.ts';
import { CrmUserId, CrmVersion, compareVersions, type OrganizationId, RecordId } from './ids.ts';
import { recordIdText } from './sync-record.ts';

/** Media types of the CloudEvents JSON format, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export const crmEventMediaTypes = {
  single: 'application/cloudevents+json',
  batch: 'application/cloudevents-batch+json',
} as const;

const news = {
  'crm.activity.created.v1': ['activity', 'created'],
  'crm.activity.updated.v1': ['activity', 'updated'],
  'crm.activity.deleted.v1': ['activity', 'deleted'],
  'crm.contact.created.v1': ['contact', 'created'],
  'crm.contact.updated.v1': ['contact', 'updated'],
  'crm.contact.deleted.v1': ['contact', 'deleted'],
} as const;
const ids = { activity: ActivityId, contact: ContactId } as const;

/**
 * What a CRM posts when a record changed: CloudEvents 1.0, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 * Extension attributes are let through; of them only `traceparent` is used.
 */
export const CrmEvent = z
  .looseObject({
    specversion: z.literal('1.0').meta({ description: 'Always "1.0".' }),
    id: z
      .string()
      .min(1)
      .max(256)
      .meta({ description: 'Unique for this source; the same when the event is sent again.', example: '4711-3' }),
    source: z
      .string()
      .min(1)
      .max(1024)
      .meta({ description: 'URI reference of the CRM that speaks.', example: 'https://crm.example' }),
    type: z
      .enum(Object.keys(news) as (keyof typeof news)[])
      .meta({ description: 'What happened. A restored record is reported as created.' }),
    subject: RecordId.meta({ description: 'Id of the record; the same as data.recordId.', example: '4711' }),
    time: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'When it happened (RFC 3339). For people; nothing is decided by it.' }),
    datacontenttype: z
      .string()
      .regex(/^application\/json(\s*;.*)?$/i, 'application/json')
      .optional()
      .meta({ description: 'application/json, when present.' }),
    traceparent: z
      .string()
      .max(100)
      .optional()
      .meta({ description: 'W3C trace context (CloudEvents distributed tracing extension); carried on.' }),
    data: z
      .object({
        recordId: RecordId.meta({ description: 'Id of the record, as the CRM has it.', example: '4711' }),
        entity: ConnectorEntity.optional().meta({ description: 'What the record is; as the type says it.' }),
        version: CrmVersion.meta({
          description:
            'Version that the record has by this change: a decimal number as text that grows with each change of the ' +
            'record, its deletion included. A read that answers an older version is asked again.',
          example: '17',
        }),
        ownerId: CrmUserId.optional().meta({
          description:
            'User whose calendar or contacts it belongs to. A hint only: the record is read before anything is done.',
          example: 'rep1',
        }),
      })
      .meta({ description: 'Ids and a version, never contents. Further members are ignored.' }),
  })
  .refine((event) => event.subject === event.data.recordId, { path: ['subject'], message: 'must equal data.recordId' })
  .refine(({ type, data }) => ids[news[type][0]].safeParse(data.recordId).success, {
    path: ['data', 'recordId'],
    message: 'an activity must not begin with "contact:", a contact has at most 120 characters',
  })
  .refine(({ type, data }) => data.entity === undefined || data.entity === news[type][0], {
    path: ['data', 'entity'],
    message: 'must be what the type says',
  })
  .meta({ id: 'CrmEvent', description: 'One change of one activity or contact, as a CloudEvent.' });
export type CrmEvent = z.infer<typeof CrmEvent>;

export const CrmEventBatch = z
  .array(CrmEvent)
  .max(100)
  .meta({ id: 'CrmEventBatch', description: 'At most 100 events. They are taken together or not at all.' });
export type CrmEventBatch = z.infer<typeof CrmEventBatch>;

/** The messages that events lead to: one a record, for its newest version. `seenAt` is UTC ISO 8601. */
export function toChanges(events: readonly CrmEvent[], organizationId: OrganizationId, seenAt: string): CrmChange[] {
  const newest = new Map<string, CrmEvent>();
  for (const event of events) {
    const id = ourIdOf(event);
    const known = newest.get(id);
    if (known === undefined || compareVersions(event.data.version, known.data.version) >= 0) newest.set(id, event);
  }
  return [...newest].map(([recordId, { type, data, traceparent }]) =>
    CrmChange.parse({
      kind: 'crmChange',
      schema: 1,
      organizationId,
      reason: news[type][1],
      recordId,
      version: data.version,
      ...(data.ownerId === undefined ? {} : { ownerId: data.ownerId }),
      seenAt,
      ...(traceparent === undefined ? {} : { traceparent }),
    }),
  );
}

const ourIdOf = ({ type, data }: CrmEvent): string => recordIdText(news[type][0], data.recordId);
