import { randomUUID } from 'node:crypto';
import type { Activity } from '../../shared/domain/activity.ts';
import type { CrmVersion } from '../../shared/domain/ids.ts';
import { Refused } from './http.ts';
import type { Commit, NewRecord, RecordEdit, RecordStore } from './record-store.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

/** Commits, each followed by the webhook that tells of it. */
export interface Records {
  create(record: NewRecord): Activity;
  /** At most 100 a delivery; each alone in its own delivery when not as a batch. */
  createMany(records: readonly NewRecord[], batch: boolean): Activity[];
  update(id: string, edit: RecordEdit): Activity;
  remove(id: string): CrmVersion;
}

export function records(store: RecordStore, outbox: WebhookOutbox | undefined): Records {
  function commit<T>(write: (delivery: string | undefined) => T, ids: (made: T) => string[], batch = false): T {
    const delivery = outbox?.enabled ? `msg_${randomUUID()}` : undefined;
    const made = write(delivery);
    const commits = ids(made).flatMap((id): Commit[] => [store.latest(id) ?? []].flat());
    if (delivery !== undefined && commits.length > 0) outbox?.deliver(delivery, commits, batch);
    return made;
  }
  const gone = () => new Refused(404, 'not-found', 'the activity is deleted or was never here');

  function inOrder<T extends { start?: string; end?: string }>(fields: T, before?: Activity): T {
    const start = fields.start ?? before?.start;
    const end = fields.end ?? before?.end;
    if (start !== undefined && end !== undefined && Date.parse(start) > Date.parse(end))
      throw new Refused(422, 'start-after-end', 'the end must not be before the start');
    return fields;
  }

  function createMany(made: readonly NewRecord[], batch: boolean): Activity[] {
    for (const { fields } of made) inOrder(fields);
    const size = batch ? 100 : 1;
    const parts = Array.from({ length: Math.ceil(made.length / size) }, (_, part) =>
      made.slice(part * size, part * size + size),
    );
    return parts.flatMap((part) =>
      commit(
        (delivery) => store.create(part, delivery),
        (activities) => activities.map(({ id }) => id),
        batch,
      ),
    );
  }

  return {
    createMany,
    create(record) {
      const [activity] = createMany([record], false);
      if (activity === undefined) throw new Error('a commit of one record made none');
      return activity;
    },
    update(id, edit) {
      const before = store.read(id);
      if (before.state !== 'present') throw gone();
      inOrder(edit, before.activity);
      const activity = commit(
        (delivery) => store.update(id, edit, delivery),
        () => [id],
      );
      if (activity === undefined) throw gone();
      return activity;
    },
    remove(id) {
      if (store.read(id).state !== 'present') throw gone();
      const version = commit(
        (delivery) => store.remove(id, delivery),
        () => [id],
      );
      if (version === undefined) throw gone();
      return version;
    },
  };
}
