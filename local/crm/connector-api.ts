import {
  CreateActivityRequest,
  FindActivityQuery,
  ListChangesQuery,
  ReadActivitiesRequest,
  UpdateActivityRequest,
} from '../../shared/domain/crm-connector.ts';
import type { CrmUser } from '../../shared/ports/crm-gateway.ts';
import { type Answer, isBearer, json, parseOrRefuse, Refused, type Request, type Route } from './http.ts';
import type { RecordEdit, RecordStore } from './record-store.ts';
import type { Records } from './records.ts';

/** What the connector answers instead, while it is set: an outage, or a CRM that asks to slow down. */
export interface Fault {
  readonly status: number;
  readonly retryAfterSeconds?: number | undefined;
}

interface ConnectorApi {
  readonly token: string;
  readonly users: readonly CrmUser[];
  readonly store: RecordStore;
  readonly records: Records;
  fault(): Fault | undefined;
}

/** The connector API, as docs/crm-connector.openapi.yaml has it. */
export function connectorApi({ token, users, store, records, fault }: ConnectorApi): Route[] {
  const guarded =
    (handle: Route['handle']): Route['handle'] =>
    (request) => {
      if (!isBearer(request.header('authorization'), token))
        throw new Refused(401, 'token', 'the bearer token is not valid', { 'www-authenticate': 'Bearer' });
      const { status, retryAfterSeconds } = fault() ?? {};
      if (status !== undefined)
        throw new Refused(
          status,
          'switched-on-by-hand',
          'the demo CRM was told to answer so',
          retryAfterSeconds === undefined ? {} : { 'retry-after': `${retryAfterSeconds}` },
        );
      return handle(request);
    };
  const route = (method: string, path: string, handle: Route['handle']): Route => ({
    method,
    path: new RegExp(`^/connector/v1${path}$`),
    handle: guarded(handle),
  });

  /** In one step with the write that follows: nothing else runs in between. */
  function expectVersion(id: string, ifMatch: string): void {
    const read = store.read(id);
    if (read.state !== 'present') throw new Refused(404, 'not-found', 'the activity is deleted or was never here');
    if (ifMatch !== `"${read.activity.version}"`)
      throw new Refused(412, 'version-changed', 'the activity was changed in the meantime');
  }
  function requiredHeader(request: Request, name: string): string {
    const value = request.header(name);
    if (!value) throw new Refused(name === 'if-match' ? 428 : 400, 'header-missing', `the header ${name} is required`);
    return value;
  }

  async function create(request: Request): Promise<Answer> {
    const operation = requiredHeader(request, 'idempotency-key');
    const fields = (await request.read(CreateActivityRequest)) as RecordEdit;
    const made = store.madeBy(operation);
    if (made === undefined) return json(201, records.create({ fields, operation }));
    if (made.kind === 'deleted') throw new Refused(410, 'deleted', 'what this key made is deleted');
    return json(200, made.activity);
  }

  async function update(request: Request): Promise<Answer> {
    const [id = ''] = request.parts;
    const ifMatch = requiredHeader(request, 'if-match');
    const { subject, description, location, start, end, timeZone, status } = await request.read(UpdateActivityRequest);
    expectVersion(id, ifMatch);
    const given = { subject, description, location, start, end, timeZone, status };
    const edit = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as RecordEdit;
    return json(200, records.update(id, edit));
  }

  function remove(request: Request): Answer {
    const [id = ''] = request.parts;
    const ifMatch = requiredHeader(request, 'if-match');
    const read = store.read(id);
    if (read.state === 'deleted') return json(200, { version: read.version });
    expectVersion(id, ifMatch);
    return json(200, { version: records.remove(id) });
  }

  return [
    route('POST', '/activities/read', async (request) => {
      const { ids } = await request.read(ReadActivitiesRequest);
      return json(200, { items: ids.map((id) => ({ id, ...store.read(id) })) });
    }),
    route('GET', '/changes', ({ url }) => {
      const query = parseOrRefuse(ListChangesQuery, Object.fromEntries(url.searchParams), 400);
      const page = store.changes(query.since, query.overlapSeconds, query.limit);
      if (page === undefined) throw new Refused(410, 'watermark-unknown', 'the watermark is not one of this feed');
      return json(200, page);
    }),
    route('GET', '/activities', ({ url }) => {
      const { operation } = parseOrRefuse(FindActivityQuery, Object.fromEntries(url.searchParams), 400);
      const made = store.madeBy(operation);
      return json(200, { items: made === undefined || made.kind === 'deleted' ? [] : [made.activity] });
    }),
    route('POST', '/activities', create),
    route('PATCH', '/activities/([^/]+)', update),
    route('DELETE', '/activities/([^/]+)', remove),
    route('GET', '/users', () => json(200, { users })),
    route('GET', '/health', () => json(200, { status: 'ok' })),
  ];
}
