import { z } from 'zod';
import type { RecordKind } from '../../shared/domain/sync-record.ts';
import type { CrmUser } from '../../shared/ports/crm-gateway.ts';
import type { Fault } from './connector-api.ts';
import { json, type Route } from './http.ts';
import type { ActivityEdit, NewRecord, RecordStore } from './record-store.ts';
import type { Records } from './records.ts';
import { Switches } from './switches.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

const BulkRequest = z.object({
  count: z.number().int().min(1).max(100_000),
  ownerIds: z.array(z.string()).min(1).optional(),
  batch: z.boolean().default(false),
  /** Start of the first one; each next one starts half an hour later, and all last half an hour. */
  start: z.iso.datetime().default('2030-01-07T08:00:00.000Z'),
});
const FaultRequest = z.object({
  status: z.number().int().min(400).max(599),
  retryAfterSeconds: z.number().min(0).optional(),
});

interface ControlApi {
  readonly users: readonly CrmUser[];
  readonly store: RecordStore;
  readonly records: Records;
  readonly outbox: WebhookOutbox | undefined;
  setFault(fault: Fault | undefined): void;
  switches(): Switches;
  setSwitches(switches: Switches): void;
}

/** Switches for tests and benchmarks. */
export function controlApi(api: ControlApi): Route[] {
  const { users, store, records, outbox, setFault } = api;
  const recordsOf = (kind: RecordKind) => store.list().flatMap(({ record }) => (record.kind === kind ? [record] : []));
  const webhooks = () => ({ enabled: outbox?.enabled ?? false, waiting: outbox?.waiting ?? 0 });
  return [
    {
      method: 'GET',
      path: /^\/control\/activities$/,
      handle: () => json(200, { activities: recordsOf('activity'), webhooks: webhooks() }),
    },
    {
      method: 'GET',
      path: /^\/control\/contacts$/,
      handle: () => json(200, { contacts: recordsOf('contact') }),
    },
    {
      method: 'POST',
      path: /^\/control\/activities$/,
      async handle(request) {
        const { count, ownerIds = users.map(({ id }) => id), batch, start } = await request.read(BulkRequest);
        const made = Array.from({ length: count }, (_, place): NewRecord => {
          const begins = Date.parse(start) + place * 1_800_000;
          const fields = {
            type: 'Appointment',
            ownerId: ownerIds[place % ownerIds.length],
            subject: `Activity ${place + 1}`,
            start: new Date(begins).toISOString(),
            end: new Date(begins + 1_800_000).toISOString(),
          } as ActivityEdit;
          return { kind: 'activity', fields };
        });
        return json(201, { ids: records.createMany(made, batch).map(({ id }) => id) });
      },
    },
    {
      method: 'POST',
      path: /^\/control\/restored$/,
      async handle(request) {
        const { id } = await request.read(z.object({ id: z.string() }));
        return json(201, records.restore(id));
      },
    },
    {
      method: 'POST',
      path: /^\/control\/webhooks$/,
      async handle(request) {
        const { enabled } = await request.read(z.object({ enabled: z.boolean() }));
        outbox?.enable(enabled);
        return json(200, webhooks());
      },
    },
    {
      method: 'GET',
      path: /^\/control\/switches$/,
      handle: () => json(200, api.switches()),
    },
    {
      method: 'POST',
      path: /^\/control\/switches$/,
      async handle(request) {
        api.setSwitches({ ...api.switches(), ...(await request.read(Switches.partial())) } as Switches);
        return json(200, api.switches());
      },
    },
    {
      method: 'POST',
      path: /^\/control\/faults$/,
      async handle(request) {
        setFault(await request.read(FaultRequest));
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      path: /^\/control\/faults$/,
      handle() {
        setFault(undefined);
        return { status: 204 };
      },
    },
  ];
}
