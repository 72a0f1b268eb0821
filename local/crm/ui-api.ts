import { z } from 'zod';
import { ActivityStatus } from '../../shared/domain/activity.ts';
import type { RecordKind } from '../../shared/domain/sync-record.ts';
import type { CrmUser } from '../../shared/ports/crm-gateway.ts';
import type { ExchangeSimulator } from './exchange-simulator.ts';
import { type Answer, json, Refused, type Request, type Route } from './http.ts';
import type { ActivityEdit, Commit, RecordStore } from './record-store.ts';
import type { Records } from './records.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';
import { toInstant } from './zoned-time.ts';

const wallClock = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, 'a date and a time');
const Form = z.object({
  ownerId: z.string(),
  subject: z.string().trim().min(1, 'is required').max(1000),
  description: z.string().max(200_000).default(''),
  location: z.string().max(1000).default(''),
  individual: z.string().trim().max(200).default(''),
  start: wallClock,
  end: wallClock,
  timeZone: z.string(),
});
/** The form again, or a status, or a move that keeps the zone. */
const Edit = z.union([
  z.strictObject({ status: ActivityStatus }),
  z.strictObject({ start: z.iso.datetime(), end: z.iso.datetime() }),
  Form.omit({ individual: true }),
]);

interface UiApi {
  readonly users: readonly CrmUser[];
  readonly store: RecordStore;
  readonly records: Records;
  readonly outbox: WebhookOutbox | undefined;
  readonly simulator: ExchangeSimulator;
}

/** What the page asks for. */
export function uiApi({ users, store, records, outbox, simulator }: UiApi): Route[] {
  const row = ({ record, individual, at }: Commit) => ({ ...record, individual, committedAt: at });
  const commitsOf = (kind: RecordKind) => store.list().filter(({ record }) => record.kind === kind);

  /** Times as the visitor means them: on the clock of the zone. */
  function toFields({
    start,
    end,
    timeZone,
    ownerId,
    subject,
    description,
    location,
  }: Omit<z.infer<typeof Form>, 'individual'>) {
    if (!users.some(({ id }) => id === ownerId)) throw new Refused(422, 'no-such-user', 'there is no such user');
    try {
      const times = { start: toInstant(start, timeZone), end: toInstant(end, timeZone), timeZone };
      return { ownerId, subject, description, location, ...times } as ActivityEdit;
    } catch {
      throw new Refused(422, 'time-zone', 'there is no such date, time or time zone');
    }
  }

  async function state({ url }: Request): Promise<Answer> {
    const user = users.find(({ id }) => id === url.searchParams.get('user')) ?? users[0];
    const commits = commitsOf('activity').filter(({ record }) => record.ownerId === user?.id);
    const mailbox = user === undefined ? { state: 'absent' } : await simulator.view(user.email);
    return json(200, {
      users,
      user,
      activities: commits.map(row),
      mailbox,
      webhooks: { enabled: outbox?.enabled ?? false, waiting: outbox?.waiting ?? 0 },
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
        const { individual, ...form } = await request.read(Form);
        return json(
          201,
          records.create({ kind: 'activity', fields: { type: 'Appointment', ...toFields(form) }, individual }),
        );
      },
    },
    {
      method: 'PATCH',
      path: /^\/ui\/activities\/([^/]+)$/,
      async handle(request) {
        const edit = await request.read(Edit);
        return json(200, records.update('activity', request.parts[0] ?? '', 'subject' in edit ? toFields(edit) : edit));
      },
    },
    {
      method: 'DELETE',
      path: /^\/ui\/activities\/([^/]+)$/,
      handle: (request) => json(200, { version: records.remove('activity', request.parts[0] ?? '') }),
    },
    passedOn('POST', /^\/ui\/mailboxes\/[^/]+\/items$/),
    passedOn('PATCH', /^\/ui\/mailboxes\/[^/]+\/items\/[^/]+$/),
    passedOn('DELETE', /^\/ui\/mailboxes\/[^/]+\/items\/[^/]+$/),
    passedOn('POST', /^\/ui\/faults$/),
    passedOn('DELETE', /^\/ui\/faults$/),
  ];
}
