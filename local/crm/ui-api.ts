import { z } from 'zod';
import { KnownContactFields } from '../../shared/domain/contact.ts';
import type { RecordKind, SyncRecord } from '../../shared/domain/sync-record.ts';
import type { CrmUser } from '../../shared/ports/crm-gateway.ts';
import { ActivityChange, activityFields, NewActivity } from './activity-form.ts';
import type { ExchangeSimulator } from './exchange-simulator.ts';
import { type Answer, json, Refused, type Request, type Route } from './http.ts';
import { withoutSeries } from './record-forms.ts';
import type { Commit, ContactEdit, RecordStore } from './record-store.ts';
import type { Records } from './records.ts';
import type { Switches } from './switches.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

const ContactForm = KnownContactFields.extend({ ownerId: z.string() }).refine(
  ({ givenName = '', surname = '', company = '' }) => `${givenName}${surname}${company}`.trim() !== '',
  {
    path: ['surname'],
    message: 'a name or a company is required',
  },
);

interface UiApi {
  readonly users: readonly CrmUser[];
  readonly store: RecordStore;
  readonly records: Records;
  readonly outbox: WebhookOutbox | undefined;
  readonly simulator: ExchangeSimulator;
  switches(): Switches;
}

/** What the page asks for. */
export function uiApi({ users, store, records, outbox, simulator, switches }: UiApi): Route[] {
  const known = <T extends object>(fields: T): T => (switches().knowsSeries ? fields : withoutSeries(fields));
  const row = ({ record, individual, at }: Commit) => ({ ...known(record), individual, committedAt: at });
  const commitsOf = (kind: RecordKind) => store.list().filter(({ record }) => record.kind === kind);

  function expectUser(ownerId: string | undefined): void {
    if (ownerId !== undefined && !users.some(({ id }) => id === ownerId))
      throw new Refused(422, 'no-such-user', 'there is no such user');
  }

  function present<K extends RecordKind>(kind: K, id: string): Extract<SyncRecord, { kind: K }> | undefined {
    const commit = store.latest(id);
    return commit?.record.kind === kind && commit.kind !== 'deleted'
      ? (commit.record as Extract<SyncRecord, { kind: K }>)
      : undefined;
  }

  async function state({ url }: Request): Promise<Answer> {
    const user = users.find(({ id }) => id === url.searchParams.get('user')) ?? users[0];
    const rowsOf = (kind: RecordKind) =>
      commitsOf(kind)
        .filter(({ record }) => record.ownerId === user?.id)
        .map(row);
    return json(200, {
      users,
      user,
      activities: rowsOf('activity'),
      contacts: rowsOf('contact'),
      mailbox: user === undefined ? { state: 'absent' } : await simulator.view(user.email, !switches().knowsSeries),
      webhooks: { enabled: outbox?.enabled ?? false, waiting: outbox?.waiting ?? 0 },
      knowsSeries: switches().knowsSeries,
    });
  }

  async function passOn(request: Request): Promise<Answer> {
    const path = request.url.pathname.replace(/^\/ui/, '/control');
    const answer = await simulator.write(request.method, path, await request.read(z.unknown()));
    return answer.status === 204
      ? { status: 204 }
      : { status: answer.status, headers: { 'content-type': 'application/json' }, body: answer.body };
  }
  const passedOn = (method: string, path: RegExp): Route => ({ method, path, handle: passOn });
  const removal = (kind: RecordKind, path: RegExp): Route => ({
    method: 'DELETE',
    path,
    handle: (request) => json(200, { version: records.remove(kind, request.parts[0] ?? '') }),
  });

  return [
    { method: 'GET', path: /^\/ui\/state$/, handle: state },
    {
      method: 'GET',
      path: /^\/ui\/activities$/,
      handle: () => json(200, { activities: commitsOf('activity').map(row) }),
    },
    {
      method: 'POST',
      path: /^\/ui\/activities$/,
      async handle(request) {
        const { individual, ...form } = await request.read(NewActivity);
        expectUser(form.ownerId);
        const fields = { type: 'Appointment', ...known(activityFields(form)) };
        return json(201, records.create({ kind: 'activity', fields, individual }));
      },
    },
    {
      method: 'PATCH',
      path: /^\/ui\/activities\/([^/]+)$/,
      async handle(request) {
        const [id = ''] = request.parts;
        const fields = known(activityFields(await request.read(ActivityChange), present('activity', id)));
        expectUser(fields.ownerId);
        return json(200, records.update('activity', id, fields));
      },
    },
    removal('activity', /^\/ui\/activities\/([^/]+)$/),
    {
      method: 'POST',
      path: /^\/ui\/contacts$/,
      async handle(request) {
        const fields = await request.read(ContactForm);
        expectUser(fields.ownerId);
        return json(201, records.create({ kind: 'contact', fields: fields as ContactEdit }));
      },
    },
    {
      method: 'PATCH',
      path: /^\/ui\/contacts\/([^/]+)$/,
      async handle(request) {
        const fields = await request.read(ContactForm);
        expectUser(fields.ownerId);
        return json(200, records.update('contact', request.parts[0] ?? '', fields as ContactEdit));
      },
    },
    removal('contact', /^\/ui\/contacts\/([^/]+)$/),
    passedOn('POST', /^\/ui\/mailboxes\/[^/]+\/items$/),
    passedOn('PATCH', /^\/ui\/mailboxes\/[^/]+\/items\/[^/]+(\/occurrences\/\d+)?$/),
    passedOn('DELETE', /^\/ui\/mailboxes\/[^/]+\/items\/[^/]+(\/occurrences\/\d+)?$/),
    passedOn('POST', /^\/ui\/faults$/),
    passedOn('DELETE', /^\/ui\/faults$/),
  ];
}
