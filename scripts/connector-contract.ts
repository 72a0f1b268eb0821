import { stringify } from 'yaml';
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiPathItemObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import {
  ConnectorActivity,
  CreateActivityRequest,
  ListActivitiesQuery,
  ListActivitiesResponse,
  ReadActivitiesRequest,
  ReadActivitiesResponse,
  UpdateActivityRequest,
} from '../shared/domain/crm-activity-connector.ts';
import {
  DeleteResponse,
  HealthResponse,
  ListChangesQuery,
  ListChangesResponse,
  ListUsersResponse,
  Problem,
} from '../shared/domain/crm-connector.ts';
import {
  ConnectorContact,
  CreateContactRequest,
  ListContactsQuery,
  ListContactsResponse,
  ReadContactsRequest,
  ReadContactsResponse,
  UpdateContactRequest,
} from '../shared/domain/crm-contact-connector.ts';
import {
  ConnectorEmail,
  EmailId,
  EmailResultRequest,
  NotificationRequest,
} from '../shared/domain/crm-email-connector.ts';
import { CrmEvent, CrmEventBatch, crmEventMediaTypes } from '../shared/domain/crm-event.ts';
import { RecordId } from '../shared/domain/ids.ts';

const json = (schema: z.ZodType) => ({ 'application/json': { schema } });
const ok = (description: string, schema: z.ZodType) => ({ description, content: json(schema) });
const problem = (description: string, id?: string) => ({
  ...(id === undefined ? {} : { id }),
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

const always: ZodOpenApiResponsesObject = {
  '401': problem(
    'The token is not valid. We read it anew from the vault, try once more, then pause the connection.',
    'Unauthorized',
  ),
  '403': problem('The token is valid but lacks a right. The connection pauses and the admin is told.', 'Forbidden'),
  '429': problem('Too many requests. We come back after Retry-After (seconds or an HTTP date).', 'TooManyRequests'),
  '503': problem('Not available. We come back after Retry-After; nothing is lost.', 'Unavailable'),
};
const refused = problem(
  'Not acceptable, and will not become so. `code` is shown to the admin, the detail is not.',
  'Refused',
);
const changed = problem('The record no longer has this version. We read it and decide again.', 'Changed');
const gone = problem(
  'The record is deleted or not known. Must be a problem document: any proxy can answer 404.',
  'Gone',
);

const recordPath = z.object({ id: RecordId.meta({ description: 'Id of the record.' }) });
const ifMatch = z.object({
  'If-Match': z.string().meta({ description: 'The version to change, in quotes, as an entity tag.', example: '"17"' }),
});
const idempotencyKey = z.object({
  'Idempotency-Key': z.string().min(1).max(200).meta({
    description: 'Names this request for good, as a unique external key. A repeat gives what the first made.',
  }),
});
const emailPath = z.object({ id: EmailId });

interface RecordSchemas {
  readonly one: string;
  readonly many: string;
  readonly record: z.ZodType;
  readonly readRequest: z.ZodType;
  readonly readResponse: z.ZodType;
  readonly listQuery: z.ZodObject;
  readonly listResponse: z.ZodType;
  readonly createRequest: z.ZodType;
  readonly updateRequest: z.ZodType;
  readonly list: string;
}

/** The paths of one kind of records: they differ in their bodies only. */
function recordPaths(kind: RecordSchemas): { [path: string]: ZodOpenApiPathItemObject } {
  const { one, many, record } = kind;
  const title = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  const a = one === 'activity' ? 'an activity' : `a ${one}`;
  return {
    [`/${many}/read`]: {
      post: {
        operationId: `read${title(many)}`,
        tags: [many],
        summary: `Read up to 100 ${many}`,
        requestBody: { required: true, content: json(kind.readRequest) },
        responses: { '200': ok('One entry for each id.', kind.readResponse), ...always },
      },
    },
    [`/${many}`]: {
      get: {
        operationId: `list${title(many)}`,
        tags: [many],
        summary: kind.list,
        requestParams: { query: kind.listQuery },
        responses: {
          '200': ok('A page, or at most one by operation.', kind.listResponse),
          '400': refused,
          ...always,
        },
      },
      post: {
        operationId: `create${title(one)}`,
        tags: [many],
        summary: `Make ${a} once`,
        requestParams: { header: idempotencyKey },
        requestBody: { required: true, content: json(kind.createRequest) },
        responses: {
          '201': ok('Made.', record),
          '200': ok('Made before under this key; as it is now.', record),
          '410': problem('Made before under this key, and deleted since.'),
          '409': problem('The first request with this key is still being worked on.'),
          '422': refused,
          ...always,
        },
      },
    },
    [`/${many}/{id}`]: {
      patch: {
        operationId: `update${title(one)}`,
        tags: [many],
        summary: `Change ${a} that still has this version`,
        requestParams: { path: recordPath, header: ifMatch },
        requestBody: { required: true, content: json(kind.updateRequest) },
        responses: { '200': ok('As it is now.', record), '404': gone, '412': changed, '422': refused, ...always },
      },
      delete: {
        operationId: `delete${title(one)}`,
        tags: [many],
        summary: `Delete ${a} that still has this version`,
        requestParams: { path: recordPath, header: ifMatch },
        responses: {
          '200': ok('Deleted, now or before.', DeleteResponse),
          '404': gone,
          '410': gone,
          '412': changed,
          ...always,
        },
      },
    },
  };
}

const description = `
What a CRM offers, and what it posts, so that crm-exchange-sync keeps its activities and contacts in agreement with
Exchange mailboxes. Written from the schemas in shared/domain; do not edit.

**Sign-in.** Every request carries \`Authorization: Bearer <token>\`; the token lies in the vault. https only.
Redirects are not followed.

**Errors** are problem documents (RFC 9457). An answer may have at most 16 MB and has 15 seconds.

**Versions** are decimal numbers as text, growing with each change of a record, its deletion included. A change carries
the version it is meant for (\`If-Match\`); a CRM must refuse (412) what was changed in between, in one step with the write.

**Optional** members, parameters and paths are for what a CRM knows besides. It leaves out of its answers what it does not
know and ignores it in ours; the item in Exchange then keeps its own.

**Events** may be late, repeated, or out of order: they only say that something changed. What they miss, the feed
\`GET /changes\` brings.
`
  .trim()
  .replaceAll(/(?<!\n)\n(?!\n)/g, ' ');

const contract: ZodOpenApiObject = {
  openapi: '3.1.0',
  info: { title: 'CRM connector', version: '1.0.0', description, license: { name: 'MIT', identifier: 'MIT' } },
  servers: [{ url: 'https://crm.example/connector/v1', description: 'The base URL of the CRM connection.' }],
  security: [{ bearer: [] }],
  tags: [
    { name: 'activities' },
    { name: 'contacts', description: 'Needed when contacts are synchronised.' },
    { name: 'changes' },
    { name: 'users' },
    { name: 'email', description: 'Needed when email is switched on.' },
    { name: 'events', description: 'What the CRM posts.' },
  ],
  components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  paths: {
    ...recordPaths({
      one: 'activity',
      many: 'activities',
      record: ConnectorActivity,
      readRequest: ReadActivitiesRequest,
      readResponse: ReadActivitiesResponse,
      listQuery: ListActivitiesQuery,
      listResponse: ListActivitiesResponse,
      createRequest: CreateActivityRequest,
      updateRequest: UpdateActivityRequest,
      list: "A user's activities of a span, a page at a time, or the one that a create made",
    }),
    ...recordPaths({
      one: 'contact',
      many: 'contacts',
      record: ConnectorContact,
      readRequest: ReadContactsRequest,
      readResponse: ReadContactsResponse,
      listQuery: ListContactsQuery,
      listResponse: ListContactsResponse,
      createRequest: CreateContactRequest,
      updateRequest: UpdateContactRequest,
      list: "A user's contacts, a page at a time, or the one that a create made",
    }),
    '/changes': {
      get: {
        operationId: 'listChanges',
        tags: ['changes'],
        summary: 'What changed since a watermark',
        requestParams: { query: ListChangesQuery },
        responses: {
          '200': ok('A page of changes.', ListChangesResponse),
          '400': refused,
          '410': problem('The watermark is too old or from another feed. We start over: list, match, compare.'),
          ...always,
        },
      },
    },
    '/users': {
      get: {
        operationId: 'listUsers',
        tags: ['users'],
        summary: 'Users whose mailboxes may be synchronised',
        responses: { '200': ok('All of them.', ListUsersResponse), ...always },
      },
    },
    '/health': {
      get: {
        operationId: 'probe',
        tags: ['users'],
        summary: 'Whether the connector works for this token',
        responses: { '200': ok('It works.', HealthResponse), ...always },
      },
    },
    '/emails/{id}': {
      get: {
        operationId: 'readEmail',
        tags: ['email'],
        summary: 'An email to send, with its attachments',
        requestParams: { path: emailPath },
        responses: { '200': ok('The email.', ConnectorEmail), '404': gone, ...always },
      },
    },
    '/emails/{id}/result': {
      post: {
        operationId: 'reportEmailResult',
        tags: ['email'],
        summary: 'What became of an email',
        requestParams: { path: emailPath },
        requestBody: { required: true, content: json(EmailResultRequest) },
        responses: { '204': { description: 'Noted.' }, '404': gone, ...always },
      },
    },
    '/notifications': {
      post: {
        operationId: 'notifyAdmins',
        tags: ['email'],
        summary: 'Tell the admins of the CRM',
        requestParams: { header: idempotencyKey },
        requestBody: { required: true, content: json(NotificationRequest) },
        responses: { '204': { description: 'Noted.' }, ...always },
      },
    },
  },
  webhooks: {
    recordChanged: {
      post: {
        operationId: 'recordChanged',
        tags: ['events'],
        summary: 'Activities or contacts changed',
        description:
          'Posted to https://<function app>/api/organizations/{organization}/crm/events, signed by Standard Webhooks ' +
          '(https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body` with the secret of the connection. ' +
          'Post again after 1 s, 5 s, 15 s and so on, with the same webhook-id, until a 2xx comes; at most 256 KB.',
        security: [],
        requestParams: {
          header: z.object({
            'webhook-id': z.string().min(1).max(256).meta({ description: 'The same over all tries.' }),
            'webhook-timestamp': z.string().meta({ description: 'Unix seconds of this try.', example: '1893456000' }),
            'webhook-signature': z
              .string()
              .meta({ description: 'One or more signatures, v1,<base64>, space between.' }),
          }),
        },
        requestBody: {
          required: true,
          content: {
            [crmEventMediaTypes.single]: { schema: CrmEvent },
            [crmEventMediaTypes.batch]: { schema: CrmEventBatch },
          },
        },
        responses: {
          '202': { description: 'Safe on our side. Stop sending.' },
          '400': problem(
            'Not as this contract says; the problem names each failing field. Sending it again is no use.',
          ),
          '401': problem('Signature, timestamp or secret is wrong.'),
          '413': problem('Too large.'),
          '503': problem('Send it again.'),
        },
      },
    },
  },
};

interface Rendered {
  format?: string;
  pattern?: string;
  required?: string[];
  additionalProperties?: unknown;
}

/** What a CRM must send is what we require when we read: fields with a default may be left out, more may be said. */
function asRead({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Rendered }): void {
  const { def } = zodSchema._zod;
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (def.type !== 'object') return;
  const required = Object.entries(def.shape).flatMap(([name, field]) => (field._zod.optin === undefined ? [name] : []));
  delete jsonSchema.additionalProperties;
  delete jsonSchema.required;
  if (required.length > 0) jsonSchema.required = required;
}

/** The connector contract as OpenAPI 3.1, in YAML. */
export function connectorContract(): string {
  const document = createDocument(contract, { override: (context) => asRead(context as never) });
  return stringify(document, { lineWidth: 120, aliasDuplicateObjects: false });
}
