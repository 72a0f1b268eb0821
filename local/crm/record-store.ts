import { Activity } from '../../shared/domain/activity.ts';
import { Contact } from '../../shared/domain/contact.ts';
import { CrmVersion } from '../../shared/domain/ids.ts';
import type { RecordKind, SyncRecord } from '../../shared/domain/sync-record.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { type Journal, readJournal, startJournal } from '../journal.ts';

/** One commit: the record as it is since then, and the delivery (webhook) that tells of it, if one does. Ids are the CRM's own. */
export interface Commit<R extends SyncRecord = SyncRecord> {
  readonly kind: 'created' | 'updated' | 'deleted';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly record: R;
  /** Whom an activity is about; blank for what came from Exchange. */
  readonly individual: string;
  readonly operation?: string;
  readonly delivery?: string;
}
type Line = Commit | { readonly delivered: string };

type Editable<R extends SyncRecord> = Partial<Omit<R, 'kind' | 'id' | 'version' | 'modifiedAt' | 'links'>>;
export type ActivityEdit = Editable<Activity>;
export type ContactEdit = Editable<Contact>;
export type RecordEdit = ActivityEdit | ContactEdit;

export interface NewRecord {
  readonly kind: RecordKind;
  readonly fields: RecordEdit;
  readonly individual?: string;
  readonly operation?: string;
}

export interface ChangePage {
  readonly changes: readonly object[];
  readonly watermark: string;
  readonly more: boolean;
}

export interface RecordStore {
  /** Makes records in one commit, told of by one delivery. */
  create(records: readonly NewRecord[], delivery: string | undefined): SyncRecord[];
  /** Undefined when it is not there (any more). */
  update(id: string, edit: RecordEdit, delivery: string | undefined): SyncRecord | undefined;
  remove(id: string, delivery: string | undefined): CrmVersion | undefined;
  /** As it was before it was deleted, out of the bin; undefined when it is not in there. */
  restore(id: string, delivery: string | undefined): SyncRecord | undefined;
  /** The last commit of a record, its deletion included. */
  latest(id: string): Commit | undefined;
  madeBy(kind: RecordKind, operation: string): Commit | undefined;
  /** Everything that is there, in the order it was made. */
  list(): Commit[];
  /** As `latest` and `list`, but as of the moment at which the CRM began to lag, while it does. */
  replica(): Pick<RecordStore, 'latest' | 'list'>;
  setLag(lags: boolean): void;
  /** Undefined when the watermark is not one of this feed. */
  changes(since: string | undefined, overlapSeconds: number, limit: number): ChangePage | undefined;
  /** Commits of deliveries that were not acknowledged before the last stop. */
  undelivered(): Map<string, Commit[]>;
  acknowledge(delivery: string): void;
  close(): void;
}

const view = (commits: ReadonlyMap<string, Commit>) => ({
  latest: (id: string) => commits.get(id),
  list: () => [...commits.values()].filter(({ kind }) => kind !== 'deleted'),
});

/** This CRM knows every field of a contact, and says of each when it is empty. */
const blankContact = {
  ...{ givenName: '', surname: '', emails: [], phones: {}, addresses: {}, company: '', jobTitle: '' },
  ...{ birthday: null, notes: '' },
};

const parseRecord = (kind: RecordKind, fields: Record<string, unknown>): SyncRecord =>
  kind === 'activity' ? Activity.parse({ ...fields, kind }) : Contact.parse({ ...blankContact, ...fields, kind });

/** The records of the demo CRM in memory, every commit in a journal. Versions are the number of the commit. */
export function openRecordStore(directory: string | undefined, clock: Clock, baseUrl: () => string): RecordStore {
  const past = directory === undefined ? [] : readJournal<Line>(directory);
  const journal: Journal<Line> | undefined = directory === undefined ? undefined : startJournal(directory, past);
  const feed: Commit[] = [];
  const latest = new Map<string, Commit>();
  const operations = new Map<string, string>();
  const pending = new Map<string, Commit[]>();
  const current = view(latest);
  let replica = current;

  const apply = (line: Line): void => {
    if ('delivered' in line) {
      pending.delete(line.delivered);
      return;
    }
    feed.push(line);
    latest.set(line.record.id, line);
    if (line.operation !== undefined) operations.set(`${line.record.kind} ${line.operation}`, line.record.id);
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
    { kind, fields, individual = '', operation }: NewRecord,
    place: number,
    delivery: string | undefined,
  ): Commit {
    const version = `${feed.length + place + 1}`;
    const id = `${kind === 'activity' ? 'act' : 'con'}-${1000 + latest.size + place + 1}`;
    const at = clock.now();
    const person = kind === 'contact' ? id : encodeURIComponent(individual.toLowerCase().replaceAll(/\s+/g, '-'));
    const links = {
      ...(kind === 'activity' ? { activity: `${baseUrl()}/activities/${id}` } : {}),
      ...(person === '' ? {} : { individual: `${baseUrl()}/individuals/${person}` }),
    };
    const record = parseRecord(kind, { ...fields, id, version, modifiedAt: at.toISOString(), links });
    const made = operation === undefined ? {} : { operation };
    return { kind: 'created', at: at.getTime(), record, individual, ...made, ...told(delivery) };
  }

  return {
    create(records, delivery) {
      const commits = records.map((record, place) => draw(record, place, delivery));
      append(commits);
      return commits.map(({ record }) => record);
    },

    update(id, edit, delivery) {
      const before = present(id);
      if (before === undefined) return undefined;
      const at = clock.now();
      const version = `${feed.length + 1}`;
      const fields = { ...before.record, ...edit, version, modifiedAt: at.toISOString() };
      const record = parseRecord(before.record.kind, fields);
      append([{ kind: 'updated', at: at.getTime(), record, individual: before.individual, ...told(delivery) }]);
      return record;
    },

    remove(id, delivery) {
      const before = present(id);
      if (before === undefined) return undefined;
      const version = CrmVersion.parse(`${feed.length + 1}`);
      const { individual } = before;
      const record = { ...before.record, version };
      append([{ kind: 'deleted', at: clock.now().getTime(), record, individual, ...told(delivery) }]);
      return version;
    },

    restore(id, delivery) {
      const before = latest.get(id);
      if (before?.kind !== 'deleted') return undefined;
      const at = clock.now();
      const fields = { ...before.record, version: `${feed.length + 1}`, modifiedAt: at.toISOString() };
      const record = parseRecord(before.record.kind, fields);
      append([{ kind: 'created', at: at.getTime(), record, individual: before.individual, ...told(delivery) }]);
      return record;
    },

    ...current,
    madeBy: (kind, operation) => latest.get(operations.get(`${kind} ${operation}`) ?? ''),
    replica: () => replica,
    setLag(lags) {
      replica = lags ? view(new Map(latest)) : current;
    },

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
      const changes = feed.slice(first, end).map(({ kind, record }) => ({
        kind,
        entity: record.kind,
        recordId: record.id,
        version: record.version,
        ownerId: record.ownerId,
      }));
      return { changes, watermark: more ? `${end}+` : `${end}`, more };
    },

    undelivered: () => new Map(pending),
    acknowledge: (delivery) => append([{ delivered: delivery }]),
    close: () => journal?.close(),
  };
}
