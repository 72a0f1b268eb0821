import { ListChangesQuery } from '../../shared/domain/crm-connector.ts';
import type { RecordKind, SyncRecord } from '../../shared/domain/sync-record.ts';
import type { CrmUser } from '../../shared/ports/crm-gateway.ts';
import { isBearer, json, parseOrRefuse, Refused, type Request, type Route } from './http.ts';
import { isListed, recordForms, withoutSeries } from './record-forms.ts';
import type { RecordStore } from './record-store.ts';
import type { Records } from './records.ts';
import type { Switches } from './switches.ts';

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
  switches(): Switches;
}

/** Small, so that what reads a listing has to go on to its next pages. */
const pageSize = 50;

/** The connector API, as docs/crm-connector.openapi.yaml has it. */
export function connectorApi({ token, users, store, records, fault, switches }: ConnectorApi): Route[] {
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
  const known = <T extends object>(fields: T): T => (switches().knowsSeries ? fields : withoutSeries(fields));
  /** As the contract has it: the path says which kind of record it is. Whoever knows series says of each activity whether it is one. */
  const answerOf = ({ kind, ...record }: SyncRecord) =>
    known(kind === 'activity' ? { series: null, ...record } : record);

  function requiredHeader(request: Request, name: string): string {
    const value = request.header(name);
    if (!value) throw new Refused(name === 'if-match' ? 428 : 400, 'header-missing', `the header ${name} is required`);
    return value;
  }

  function routesOf(kind: RecordKind): Route[] {
    const { path, read, list, create, update } = recordForms[kind];
    const latest = (id: string, from: Pick<RecordStore, 'latest'> = store) => {
      const commit = from.latest(id);
      return commit?.record.kind === kind ? commit : undefined;
    };

    /** In one step with the write that follows: nothing else runs in between. */
    function expectVersion(id: string, ifMatch: string): void {
      const commit = latest(id);
      if (commit === undefined || commit.kind === 'deleted')
        throw new Refused(404, 'not-found', 'the record is deleted or was never here');
      if (ifMatch !== `"${commit.record.version}"`)
        throw new Refused(412, 'version-changed', 'the record was changed in the meantime');
    }

    function entryOf(id: string) {
      const commit = latest(id, store.replica());
      if (commit === undefined) return { id, state: 'missing' };
      if (commit.kind === 'deleted') return { id, state: 'deleted', version: commit.record.version };
      return { id, state: 'present', [kind]: answerOf(commit.record) };
    }

    function page(owner: string, cursor: string | undefined, span: { from?: string; to?: string }) {
      const found = store
        .replica()
        .list()
        .map(({ record }) => record)
        .filter((record) => record.kind === kind && record.ownerId === owner && isListed(known(record), span));
      const first = cursor === undefined ? 0 : found.findIndex(({ id }) => placeOf(id) > placeOf(cursor));
      const items = first < 0 ? [] : found.slice(first, first + pageSize);
      const last = items.at(-1);
      const more = last !== undefined && last !== found.at(-1);
      return { items: items.map(answerOf), ...(more ? { next: last.id } : {}) };
    }

    return [
      route('POST', `${path}/read`, async (request) => {
        const { ids } = await request.read(read);
        return json(200, { items: ids.map(entryOf) });
      }),
      route('GET', path, ({ url }) => {
        const query = parseOrRefuse(list, Object.fromEntries(url.searchParams), 400);
        const { operation, owner, cursor, ...span } = query;
        if (operation !== undefined) {
          const made = store.madeBy(kind, operation);
          return json(200, { items: made === undefined || made.kind === 'deleted' ? [] : [answerOf(made.record)] });
        }
        const complete = owner !== undefined && (kind === 'contact' || (span.from && span.to));
        if (!complete) throw new Refused(400, 'query', 'either operation, or owner, from and to are required');
        return json(200, page(owner, cursor, span as { from?: string; to?: string }));
      }),
      route('POST', path, async (request) => {
        const operation = requiredHeader(request, 'idempotency-key');
        const fields = known(await request.read(create));
        const made = store.madeBy(kind, operation);
        if (made === undefined) return json(201, answerOf(records.create({ kind, fields, operation })));
        if (made.kind === 'deleted') throw new Refused(410, 'deleted', 'what this key made is deleted');
        return json(200, answerOf(made.record));
      }),
      route('PATCH', `${path}/([^/]+)`, async (request) => {
        const [id = ''] = request.parts;
        const ifMatch = requiredHeader(request, 'if-match');
        const edit = known(await request.read(update));
        expectVersion(id, ifMatch);
        return json(200, answerOf(records.update(kind, id, edit)));
      }),
      route('DELETE', `${path}/([^/]+)`, (request) => {
        const [id = ''] = request.parts;
        const ifMatch = requiredHeader(request, 'if-match');
        const commit = latest(id);
        if (commit?.kind === 'deleted') return json(200, { version: commit.record.version });
        expectVersion(id, ifMatch);
        return json(200, { version: records.remove(kind, id) });
      }),
    ];
  }

  return [
    ...routesOf('activity'),
    ...routesOf('contact'),
    route('GET', '/changes', ({ url }) => {
      const query = parseOrRefuse(ListChangesQuery, Object.fromEntries(url.searchParams), 400);
      const page = store.changes(query.since, query.overlapSeconds, query.limit);
      if (page === undefined) throw new Refused(410, 'watermark-unknown', 'the watermark is not one of this feed');
      return json(200, page);
    }),
    route('GET', '/users', () => json(200, { users })),
    route('GET', '/health', () => json(200, { status: 'ok' })),
  ];
}

/** Ids count up in the order in which records were made. */
const placeOf = (id: string): number => Number(id.slice(id.indexOf('-') + 1));
