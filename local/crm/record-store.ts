import { Activity, type ActivityRead } from '../../shared/domain/activity.ts';
import { CrmVersion, RecordId } from '../../shared/domain/ids.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { RecordChange, RecordChangePage } from '../../shared/ports/crm-gateway.ts';
import { type Journal, readJournal, startJournal } from '../journal.ts';

/** One commit: the record as it is since then, and the delivery (webhook) that tells of it, if one does. */
export interface Commit {
  readonly kind: RecordChange['kind'];
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly activity: Activity;
  /** Whom it is about; blank for what came from Exchange. */
  readonly individual: string;
  readonly operation?: string;
  readonly delivery?: string;
}
type Line = Commit | { readonly delivered: string };

export type RecordEdit = Partial<Omit<Activity, 'id' | 'version' | 'modifiedAt' | 'links'>>;

export interface NewRecord {
  readonly fields: RecordEdit;
  readonly individual?: string;
  readonly operation?: string;
}

export interface RecordStore {
  /** Makes records in one commit, told of by one delivery. */
  create(records: readonly NewRecord[], delivery: string | undefined): Activity[];
  /** Undefined when it is not there (any more). */
  update(id: string, edit: RecordEdit, delivery: string | undefined): Activity | undefined;
  remove(id: string, delivery: string | undefined): CrmVersion | undefined;
  read(id: string): ActivityRead;
  latest(id: string): Commit | undefined;
  madeBy(operation: string): Commit | undefined;
  /** Everything that is there, in the order it was made. */
  list(): Commit[];
  /** Undefined when the watermark is not one of this feed. */
  changes(since: string | undefined, overlapSeconds: number, limit: number): RecordChangePage | undefined;
  /** Commits of deliveries that were not acknowledged before the last stop. */
  undelivered(): Map<string, Commit[]>;
  acknowledge(delivery: string): void;
  close(): void;
}

/** The records of the demo CRM in memory, every commit in a journal. Versions are the number of the commit. */
export function openRecordStore(directory: string | undefined, clock: Clock, baseUrl: () => string): RecordStore {
  const past = directory === undefined ? [] : readJournal<Line>(directory);
  const journal: Journal<Line> | undefined = directory === undefined ? undefined : startJournal(directory, past);
  const feed: Commit[] = [];
  const latest = new Map<string, Commit>();
  const operations = new Map<string, string>();
  const pending = new Map<string, Commit[]>();

  const apply = (line: Line): void => {
    if ('delivered' in line) {
      pending.delete(line.delivered);
      return;
    }
    feed.push(line);
    latest.set(line.activity.id, line);
    if (line.operation !== undefined) operations.set(line.operation, line.activity.id);
    if (line.delivery !== undefined) pending.set(line.delivery, [...(pending.get(line.delivery) ?? []), line]);
  };
  const append = (lines: readonly Line[]): void => {
    journal?.append(lines);
    for (const line of lines) apply(line);
  };
  for (const line of past) apply(line);

  const present = (id: string): Commit | undefined => {
    const commit = latest.get(id);
    return commit?.kind === 'deleted' ? undefined : commit;
  };
  const told = (delivery: string | undefined) => (delivery === undefined ? {} : { delivery });

  function draw(
    { fields, individual = '', operation }: NewRecord,
    place: number,
    delivery: string | undefined,
  ): Commit {
    const version = `${feed.length + place + 1}`;
    const id = `act-${1000 + latest.size + place + 1}`;
    const at = clock.now();
    const person = encodeURIComponent(individual.toLowerCase().replaceAll(/\s+/g, '-'));
    const activity = Activity.parse({
      ...fields,
      id,
      version,
      modifiedAt: at.toISOString(),
      links: {
        activity: `${baseUrl()}/activities/${id}`,
        ...(individual === '' ? {} : { individual: `${baseUrl()}/individuals/${person}` }),
      },
    });
    const made = operation === undefined ? {} : { operation };
    return { kind: 'created', at: at.getTime(), activity, individual, ...made, ...told(delivery) };
  }

  return {
    create(records, delivery) {
      const commits = records.map((record, place) => draw(record, place, delivery));
      append(commits);
      return commits.map(({ activity }) => activity);
    },

    update(id, edit, delivery) {
      const before = present(id);
      if (before === undefined) return undefined;
      const at = clock.now();
      const version = CrmVersion.parse(`${feed.length + 1}`);
      const activity = Activity.parse({ ...before.activity, ...edit, version, modifiedAt: at.toISOString() });
      append([{ kind: 'updated', at: at.getTime(), activity, individual: before.individual, ...told(delivery) }]);
      return activity;
    },

    remove(id, delivery) {
      const before = present(id);
      if (before === undefined) return undefined;
      const version = CrmVersion.parse(`${feed.length + 1}`);
      const { individual } = before;
      const activity = { ...before.activity, version };
      append([{ kind: 'deleted', at: clock.now().getTime(), activity, individual, ...told(delivery) }]);
      return version;
    },

    read(id) {
      const commit = latest.get(id);
      if (commit === undefined) return { state: 'missing' };
      return commit.kind === 'deleted'
        ? { state: 'deleted', version: commit.activity.version }
        : { state: 'present', activity: commit.activity };
    },

    latest: (id) => latest.get(id),
    madeBy: (operation) => latest.get(operations.get(operation) ?? ''),
    list: () => [...latest.values()].filter(({ kind }) => kind !== 'deleted'),

    changes(since, overlapSeconds, limit) {
      if (since === undefined) return { changes: [], watermark: `${feed.length}`, more: false };
      if (!/^\d+\+?$/.test(since) || Number.parseInt(since, 10) > feed.length) return undefined;
      let first = Number.parseInt(since, 10);
      const edge = (feed[first - 1]?.at ?? 0) - overlapSeconds * 1000;
      // A watermark with a + goes on with a listing whose overlap was listed before.
      if (overlapSeconds > 0 && !since.endsWith('+'))
        while (first > 0 && (feed[first - 1]?.at ?? 0) >= edge) first -= 1;
      const end = Math.min(first + limit, feed.length);
      const more = end < feed.length;
      const changes = feed.slice(first, end).map(({ kind, activity }) => ({
        kind,
        recordId: RecordId.parse(activity.id),
        version: activity.version,
        ownerId: activity.ownerId,
      }));
      return { changes, watermark: more ? `${end}+` : `${end}`, more };
    },

    undelivered: () => new Map(pending),
    acknowledge: (delivery) => append([{ delivered: delivery }]),
    close: () => journal?.close(),
  };
}
