import type { HashedFields, JournalEntry } from '../../domain/journal-entry.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';
import type { ImageVault } from '../../ports/image-vault.ts';
import { mailboxKeyOf, type ReconcileDeps, type ReconcileScope } from '../reconcile-types.ts';
import { unnamedCause } from './cause.ts';
import { type Effect, mailedBy } from './effect.ts';
import { lostImage, wholeImage } from './image.ts';
import { type MayWriteDeps, mayWrite, takeBack } from './may-write.ts';

export interface WritingDeps extends MayWriteDeps {
  readonly images: ImageVault;
}

/** What is still being noted of writes that are done: awaited before the change counts as applied. */
export type OpenNotes = Promise<void>[];

/** What a write gave that the journal should say. */
export type Outcome = Partial<Pick<JournalEntry, 'itemId' | 'recordId' | 'after'>>;

/**
 * Every write of the engine goes through here: the brakes are asked, what is there is kept where it may be wanted back, the
 * journal says what is about to happen, it happens, and the journal says how it ended. Dying in between leaves the entry at
 * `begun`: nobody knows.
 */
export async function writing<T>(
  deps: WritingDeps & Pick<ReconcileDeps, 'lanes' | 'readRecord'>,
  scope: ReconcileScope,
  effect: Effect,
  act: () => Promise<T>,
  outcomeOf: (result: T) => Outcome = () => ({}),
): Promise<T> {
  const counted = await mayWrite(deps, scope.access, effect);
  const begun = await withImage(deps, scope, effect, entryOf(deps, scope, effect));
  await deps.journal.append([begun]);
  let result: T;
  try {
    result = await act();
  } catch (error) {
    if (error instanceof SyncError) {
      await note(deps, scope, { ...begun, state: error.ambiguous ? 'unknown' : 'refused' });
      if (!error.ambiguous) await takeBack(deps, mailboxKeyOf(scope), counted);
    }
    throw error;
  }
  const mailed = mailedBy(effect);
  const told = mailed > 0 ? { notified: mailed } : {};
  await note(deps, scope, { ...begun, ...outcomeOf(result), state: 'done', ...told });
  return result;
}

export function entryOf(deps: WritingDeps, scope: ReconcileScope, effect: Effect): JournalEntry {
  const { why, by } = scope.cause ?? unnamedCause;
  const { side, act, kind, recordId, itemId, fields = [], lost } = effect;
  return {
    id: deps.random.id(),
    ...mailboxKeyOf(scope),
    at: deps.clock.now().toISOString(),
    side,
    act,
    kind,
    recordId,
    ...(itemId === undefined ? {} : { itemId }),
    why: lost !== undefined && lost.size > 0 ? 'conflict' : why,
    by,
    state: 'begun',
    fields: [...fields],
    before: hashes(effect.before),
    after: hashes(effect.after),
  };
}

/** Only what there is a hash of. */
const hashes = (prints: Effect['before'] = {}): HashedFields =>
  Object.fromEntries(Object.entries(prints).flatMap(([field, print]) => (print === undefined ? [] : [[field, print]])));

/** What is there before the write is kept where the profile wants to undo; a value that loses a conflict is kept always. */
async function withImage(
  deps: WritingDeps & Pick<ReconcileDeps, 'lanes' | 'readRecord'>,
  scope: ReconcileScope,
  effect: Effect,
  entry: JournalEntry,
): Promise<JournalEntry> {
  const { act, was, lost = new Set() } = effect;
  if (act !== 'updated' && act !== 'deleted') return entry;
  const { undo } = scope.access.profile;
  if (!undo && lost.size === 0) return entry;
  const before = was ?? (undo ? await readBefore(deps, scope, effect) : undefined);
  if (before === undefined) return entry;
  const image = undo ? wholeImage(effect, before) : lostImage(effect, before, lost);
  await deps.images.save(mailboxKeyOf(scope), entry.id, scope.fingerprintKey, JSON.stringify(image));
  return { ...entry, imageName: entry.id };
}

/** Undefined when it is gone: then the write itself is refused. */
async function readBefore(
  deps: Pick<ReconcileDeps, 'lanes' | 'readRecord'>,
  scope: ReconcileScope,
  { side, kind, recordId, itemId }: Effect,
): Promise<SyncItem | SyncRecord | undefined> {
  if (side === 'crm') {
    const read = await deps.readRecord(scope.connection, recordId);
    return read.state === 'present' ? read.record : undefined;
  }
  if (itemId === undefined) return undefined;
  try {
    return await deps.lanes(scope.access).read(kind, itemId);
  } catch (error) {
    if (error instanceof SyncError && error.kind === 'notFound') return undefined;
    throw error;
  }
}

/** Writes an entry a second time where it cannot be written; where the scope collects notes, it is awaited with them. */
export async function note(
  { journal }: Pick<WritingDeps, 'journal'>,
  { notes }: ReconcileScope,
  entry: JournalEntry,
): Promise<void> {
  const written = journal.append([entry]).catch(() => journal.append([entry]));
  if (notes === undefined) return written;
  // Looked at later: until then a rejection is nobody's.
  written.catch(() => undefined);
  notes.push(written);
}

/** Does work whose writes are noted while it goes on; the notes are written when it resolves. */
export async function withNotes<T>(
  scope: ReconcileScope,
  work: (collecting: ReconcileScope) => Promise<T>,
): Promise<T> {
  const notes: OpenNotes = [];
  try {
    const result = await work({ ...scope, notes });
    await Promise.all(notes);
    return result;
  } catch (error) {
    await Promise.allSettled(notes);
    throw error;
  }
}
