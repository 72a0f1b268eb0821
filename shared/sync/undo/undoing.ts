import type { JournalEntry } from '../../domain/journal-entry.ts';
import type { Image } from '../safety/image.ts';

/**
 * What became of an entry: undone; left, because somebody changed it since; left, because no image of what was there is kept;
 * left, because it is gone and stays so; nothing to undo.
 */
export type Undone = 'undone' | 'changedSince' | 'noImage' | 'gone' | 'nothing';

/** What undoing an entry starts from. */
export interface Undoing {
  readonly entry: JournalEntry;
  readonly image: Image | undefined;
  /** From this moment on entries are undone together. */
  readonly since: string;
}
