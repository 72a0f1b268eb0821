import type { JournalEntry } from '../../domain/journal-entry.ts';
import { SyncError } from '../../domain/sync-error.ts';
import { mailboxKeyOf, type ReconcileDeps, type ReconcileScope } from '../reconcile-types.ts';
import type { Image } from '../safety/image.ts';
import { undoOnItem } from './undo-on-item.ts';
import { undoOnRecord } from './undo-on-record.ts';
import type { Undone } from './undoing.ts';

/**
 * Takes back one write of the engine, where things are still as it left them: what was made goes, what was deleted is made
 * again, what was changed is set back. By ordinary conditional writes that nobody is mailed for; each stands in the journal as
 * `undo`. What was written on the word of an undo is not undone.
 */
export async function undoEntry(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  entry: JournalEntry,
  since: string,
): Promise<Undone> {
  if (entry.why === 'undo' || entry.state === 'refused') return 'nothing';
  if (entry.act !== 'created' && entry.act !== 'updated' && entry.act !== 'deleted') return 'nothing';
  const image = await readImage(deps, scope, entry);
  const undoing = { entry, image, since };
  try {
    return await (entry.side === 'exchange' ? undoOnItem(deps, scope, undoing) : undoOnRecord(deps, scope, undoing));
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    if (error.kind === 'conflict') return 'changedSince';
    if (error.kind === 'notFound') return 'gone';
    throw error;
  }
}

/** Undefined also when it cannot be opened any more: then it is as if it had not been kept. */
async function readImage(
  { images, log }: ReconcileDeps,
  scope: ReconcileScope,
  { imageName }: JournalEntry,
): Promise<Image | undefined> {
  if (imageName === undefined) return undefined;
  try {
    const text = await images.read(mailboxKeyOf(scope), imageName, scope.fingerprintKey);
    return text === undefined ? undefined : (JSON.parse(text) as Image);
  } catch (error) {
    if (!(error instanceof SyncError) || error.remedy.kind !== 'park') throw error;
    log.warn({ ...mailboxKeyOf(scope), code: error.code }, 'an image of what was there before cannot be read');
    return undefined;
  }
}
