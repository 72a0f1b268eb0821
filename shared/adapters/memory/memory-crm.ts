import { Activity, type ActivityDraft, type ActivityPatch, type ActivityRead } from '../../domain/activity.ts';
import { CrmUserId, CrmVersion, compareVersions, RecordId } from '../../domain/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CrmGateway, CrmUser, RecordChange, RecordChangePage } from '../../ports/crm-gateway.ts';
import { crmRefused } from '../crm/crm-errors.ts';

/** What a person or another program does in the CRM: everything may be set, and an owner may change. */
export type CrmEdit = Partial<Omit<Activity, 'id' | 'version' | 'modifiedAt'>>;

export interface MemoryCrmControl {
  /** Makes an activity of rep1, tomorrow noon by default. */
  create(edit?: CrmEdit): Activity;
  update(id: RecordId, edit: CrmEdit): Activity;
  delete(id: RecordId): CrmVersion;
  /** What is there now, whatever reads answer. */
  records(): Activity[];
  record(id: RecordId): Activity | undefined;
  /**
   * `all`: reads answer as of this moment from now on, like a replica that lags. `none`: reads see everything again.
   * Writes and the feed are never late.
   */
  setLag(lag: 'all' | 'none'): void;
  /** What the feed lists after a watermark (all when undefined): to be delivered as events by a test. */
  changesSince(watermark: string | undefined): { changes: RecordChange[]; watermark: string };
  setUsers(users: readonly CrmUser[]): void;
}

type Row = { readonly activity: Activity; readonly deleted?: CrmVersion };
type Committed = { readonly change: RecordChange; readonly at: number };

export interface MemoryCrmOptions {
  readonly clock: Clock;
  readonly pageSize?: number;
}

/** A CRM in memory: ids and versions follow from the order of the calls alone, so that a seed replays a history. */
export function memoryCrm({ clock, pageSize = 100 }: MemoryCrmOptions): {
  gateway: CrmGateway;
  control: MemoryCrmControl;
} {
  const rows = new Map<RecordId, Row>();
  const byOperation = new Map<string, RecordId>();
  const feed: Committed[] = [];
  let replica: ReadonlyMap<RecordId, Row> | undefined;
  let users: readonly CrmUser[] = ['rep1', 'rep2', 'manager', 'assistant'].map((name) => ({
    id: CrmUserId.parse(name),
    name,
    email: `${name}@contoso.example`,
    active: true,
  }));

  const commit = (kind: RecordChange['kind'], row: Row): Row => {
    const { id, ownerId, version } = row.activity;
    rows.set(id, row);
    feed.push({ change: { kind, recordId: id, version: row.deleted ?? version, ownerId }, at: clock.now().getTime() });
    return row;
  };
  /** One number for the whole CRM, as a row version of a database: grows for each record, skips in between. */
  const nextVersion = () => CrmVersion.parse(`${feed.length + 1}`);

  function create(edit: CrmEdit, id = RecordId.parse(`activity-${rows.size + 1}`)): Activity {
    const noon = Math.ceil(clock.now().getTime() / 86_400_000) * 86_400_000 + 43_200_000;
    const activity = Activity.parse({
      type: 'Appointment',
      ownerId: 'rep1',
      subject: `Activity ${rows.size + 1}`,
      start: new Date(noon).toISOString(),
      end: new Date(noon + 3_600_000).toISOString(),
      links: { activity: `https://crm.example/activities/${encodeURIComponent(id)}` },
      ...edit,
      id,
      version: nextVersion(),
      modifiedAt: clock.now().toISOString(),
    });
    return commit('created', { activity }).activity;
  }

  function present(id: RecordId, operation: 'update' | 'delete'): Activity {
    const row = rows.get(id);
    if (row === undefined || row.deleted !== undefined)
      throw crmRefused({ operation, status: 404, problem: 'not-found' });
    return row.activity;
  }

  function update(id: RecordId, edit: CrmEdit | ActivityPatch): Activity {
    const before = present(id, 'update');
    const after = { ...before, ...edit, id, version: nextVersion(), modifiedAt: clock.now().toISOString() };
    return commit('updated', { activity: Activity.parse(after) }).activity;
  }

  function remove(id: RecordId): CrmVersion {
    const version = nextVersion();
    commit('deleted', { activity: present(id, 'delete'), deleted: version });
    return version;
  }

  function expectVersion(id: RecordId, version: CrmVersion, operation: 'update' | 'delete'): void {
    if (compareVersions(present(id, operation).version, version) !== 0) throw crmRefused({ operation, status: 412 });
  }

  /** A watermark with a `+` goes on with a listing: its overlap was listed before, and would never end if it came again. */
  function changesAfter(watermark: string, overlapSeconds: number): RecordChangePage {
    const position = Number.parseInt(watermark, 10);
    const edge = (feed[position - 1]?.at ?? 0) - overlapSeconds * 1000;
    let first = position;
    if (overlapSeconds > 0 && !watermark.endsWith('+'))
      while (first > 0 && (feed[first - 1]?.at ?? 0) >= edge) first -= 1;
    const end = Math.min(first + pageSize, feed.length);
    const more = end < feed.length;
    return {
      changes: feed.slice(first, end).map(({ change }) => change),
      watermark: more ? `${end}+` : `${end}`,
      more,
    };
  }

  const gateway: CrmGateway = {
    async readActivities(_connection, ids): Promise<ActivityRead[]> {
      const visible = replica ?? rows;
      return ids.map((id) => {
        const row = visible.get(id);
        if (row === undefined) return { state: 'missing' };
        if (row.deleted !== undefined) return { state: 'deleted', version: row.deleted };
        return { state: 'present', activity: row.activity };
      });
    },
    async listChanges(_connection, watermark, overlapSeconds) {
      return watermark === undefined
        ? { changes: [], watermark: `${feed.length}`, more: false }
        : changesAfter(watermark, overlapSeconds);
    },
    async createActivity(_connection, draft: ActivityDraft, operation) {
      const made = byOperation.get(operation);
      const row = made === undefined ? undefined : rows.get(made);
      if (row?.deleted !== undefined) throw crmRefused({ operation: 'create', status: 410, problem: 'deleted' });
      if (row !== undefined) return row.activity;
      const activity = create(draft);
      byOperation.set(operation, activity.id);
      return activity;
    },
    async findActivityByOperation(_connection, operation) {
      const row = rows.get(byOperation.get(operation) ?? RecordId.parse('none'));
      return row?.deleted === undefined ? row?.activity : undefined;
    },
    async updateActivity(_connection, id, version, patch) {
      expectVersion(id, version, 'update');
      return update(id, patch);
    },
    async deleteActivity(_connection, id, version) {
      const deleted = rows.get(id)?.deleted;
      if (deleted !== undefined) return deleted;
      expectVersion(id, version, 'delete');
      return remove(id);
    },
    async listUsers() {
      return [...users];
    },
    async probe() {},
  };

  const control: MemoryCrmControl = {
    create: (edit = {}) => create(edit),
    update,
    delete: remove,
    records: () => [...rows.values()].filter((row) => row.deleted === undefined).map((row) => row.activity),
    record: (id) => (rows.get(id)?.deleted === undefined ? rows.get(id)?.activity : undefined),
    setLag(lag) {
      replica = lag === 'all' ? new Map(rows) : undefined;
    },
    changesSince(watermark) {
      const changes = feed.slice(Number.parseInt(watermark ?? '0', 10)).map(({ change }) => change);
      return { changes, watermark: `${feed.length}` };
    },
    setUsers(next) {
      users = next;
    },
  };
  return { gateway, control };
}
