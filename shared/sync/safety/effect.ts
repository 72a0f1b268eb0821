import type { ItemId, RecordId } from '../../domain/ids.ts';
import type { ItemKind, Notify } from '../../domain/item.ts';
import type { FieldPrints, LiveMapping, SyncedField } from '../../domain/item-mapping.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';

/** One write that is about to happen: what the brakes judge and the journal keeps. */
export interface Effect {
  /** The side that is written. */
  readonly side: JournalEntry['side'];
  readonly act: Extract<JournalEntry['act'], 'created' | 'updated' | 'deleted' | 'stamped'>;
  readonly kind: ItemKind;
  readonly recordId: RecordId;
  readonly itemId?: ItemId | undefined;
  readonly fields?: Iterable<string>;
  readonly before?: FieldPrints;
  readonly after?: FieldPrints;
  /** What is there now, where it was read: for the image. */
  readonly was?: SyncItem | SyncRecord | undefined;
  /** Fields whose value on this side is given up, though it had changed too. */
  readonly lost?: ReadonlySet<SyncedField>;
  readonly notify?: Notify;
  /** People outside who are invited: they get mail if anybody does. */
  readonly outside?: number;
  /** Writes to this pair before, as its mapping counts them. */
  readonly writes?: LiveMapping['writes'];
  /** What is deleted is made again in the same breath, or lives on elsewhere: nothing is lost by it. */
  readonly livesOn?: boolean;
  /** An admin's own word, which goes through where the engine stands still. */
  readonly despiteBrakes?: boolean;
}

/** How many people outside get mail by it. */
export const mailedBy = ({ notify, outside = 0 }: Effect): number => (notify === 'all' ? outside : 0);
