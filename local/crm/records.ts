import { randomUUID } from 'node:crypto';
import type { CrmVersion } from '../../shared/domain/ids.ts';
import type { RecordKind, SyncRecord } from '../../shared/domain/sync-record.ts';
import { Refused } from './http.ts';
import type { Commit, NewRecord, RecordEdit, RecordStore } from './record-store.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

/** Commits, each followed by the webhook that tells of it. */
export interface Records {
  create(record: NewRecord): SyncRecord;
  /** At most 100 a delivery; each alone in its own delivery when not as a batch. */
  createMany(records: readonly NewRecord[], batch: boolean): SyncRecord[];
  update(kind: RecordKind, id: string, edit: RecordEdit): SyncRecord;
  remove(kind: RecordKind, id: string): CrmVersion;
  restore(id: string): SyncRecord;
}

export function records(store: RecordStore, outbox: WebhookOutbox | undefined): Records {
  function commit<T>(write: (delivery: string | undefined) => T, ids: (made: T) => string[], batch = false): T {
    const delivery = outbox?.enabled ? `msg_${randomUUID()}` : undefined;
    const made = write(delivery);
    const commits = ids(made).flatMap((id): Commit[] => [store.latest(id) ?? []].flat());
    if (delivery !== undefined && commits.length > 0) outbox?.deliver(delivery, commits, batch);
    return made;
  }
  const gone = () => new Refused(404, 'not-found', 'the record is deleted or was never here');

  function expectOrder(fields: object): void {
    const { start, end } = fields as { start?: string; end?: string };
    if (start !== undefined && end !== undefined && Date.parse(start) > Date.parse(end))
      throw new Refused(422, 'start-after-end', 'the end must not be before the start');
  }

  function expectPresent(kind: RecordKind, id: string): SyncRecord {
    const commit = store.latest(id);
    if (commit === undefined || commit.kind === 'deleted' || commit.record.kind !== kind) throw gone();
    return commit.record;
  }

  function createMany(made: readonly NewRecord[], batch: boolean): SyncRecord[] {
    for (const { fields } of made) expectOrder(fields);
    const size = batch ? 100 : 1;
    const parts = Array.from({ length: Math.ceil(made.length / size) }, (_, part) =>
      made.slice(part * size, part * size + size),
    );
    return parts.flatMap((part) =>
      commit(
        (delivery) => store.create(part, delivery),
        (written) => written.map(({ id }) => id),
        batch,
      ),
    );
  }

  return {
    createMany,
    create(record) {
      const [written] = createMany([record], false);
      if (written === undefined) throw new Error('a commit of one record made none');
      return written;
    },
    update(kind, id, edit) {
      expectOrder({ ...expectPresent(kind, id), ...edit });
      const written = commit(
        (delivery) => store.update(id, edit, delivery),
        () => [id],
      );
      if (written === undefined) throw gone();
      return written;
    },
    remove(kind, id) {
      expectPresent(kind, id);
      const version = commit(
        (delivery) => store.remove(id, delivery),
        () => [id],
      );
      if (version === undefined) throw gone();
      return version;
    },
    restore(id) {
      const notThere = new Refused(404, 'not-found', 'the record is not in the bin');
      if (store.latest(id)?.kind !== 'deleted') throw notThere;
      const written = commit(
        (delivery) => store.restore(id, delivery),
        () => [id],
      );
      if (written === undefined) throw notThere;
      return written;
    },
  };
}
