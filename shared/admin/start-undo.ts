import type { RecordId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import { type Started, type StartJobDeps, startMailboxJob } from '../sync/jobs/start-mailbox-job.ts';

export interface UndoDeps extends StartJobDeps {
  readonly journal: JournalStore;
}

/** Takes back what the engine wrote in a mailbox from a moment on and before another: without that one, until now. */
export const undoMailbox = (
  deps: UndoDeps,
  mailbox: MailboxKey,
  by: string,
  { since, until }: { readonly since: string; readonly until?: string },
): Promise<Started> =>
  startMailboxJob(deps, mailbox, {
    kind: 'undo',
    by,
    input: { undo: { since, ...(until === undefined ? {} : { until }) } },
  });

/** Takes back what the engine wrote to a record and its item. */
export const undoRecord = (deps: UndoDeps, mailbox: MailboxKey, by: string, recordId: RecordId): Promise<Started> =>
  startMailboxJob(deps, mailbox, { kind: 'undo', by, input: { undo: { recordId } } });

/** Takes back one write; undefined when the journal has no such entry. */
export async function undoEntry(
  deps: UndoDeps,
  mailbox: MailboxKey,
  by: string,
  entryId: string,
): Promise<Started | undefined> {
  if ((await deps.journal.find(mailbox, entryId)) === undefined) return undefined;
  return startMailboxJob(deps, mailbox, { kind: 'undo', by, input: { undo: { entryId } } });
}
