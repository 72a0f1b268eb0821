import type { ChangeKey, ItemId, MailboxId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { SyncState } from '../../ports/cursor-store.ts';
import type { ChangePage, ItemChange } from '../../ports/exchange-gateway.ts';
import type { MemoryItem } from './memory-exchange-items.ts';

/** A folder that is polled. */
export interface MemoryFolder {
  readonly mailboxId: MailboxId;
  readonly kind: ItemKind;
}

interface Seen extends MemoryFolder {
  readonly items: ReadonlyMap<ItemId, ChangeKey>;
}

export interface MemorySyncFeed {
  page(folder: MemoryFolder, present: readonly MemoryItem[], since: SyncState | undefined): ChangePage;
  /** From now on the states handed out before are refused, as after a restore of the mailbox: of one mailbox or one kind, or all. */
  forget(folders?: Partial<MemoryFolder>): void;
}

/** Like SyncFolderItems: a state stands for what its holder has seen; a page is the difference to what there is. */
export function memorySyncFeed(pageSize: number): MemorySyncFeed {
  const states = new Map<SyncState, Seen>();
  let counter = 0;

  function seenAt({ mailboxId, kind }: MemoryFolder, since: SyncState | undefined): ReadonlyMap<ItemId, ChangeKey> {
    if (since === undefined) return new Map();
    const seen = states.get(since);
    if (seen?.mailboxId === mailboxId && seen.kind === kind) return seen.items;
    throw new SyncError('Exchange no longer knows the place up to which this folder was read; it is read anew.', {
      code: 'ErrorInvalidSyncStateData',
      remedy: { kind: 'resync' },
      status: 'notSyncing',
    });
  }

  return {
    page(folder, present, since) {
      const seen = seenAt(folder, since);
      const keys = new Map(present.map((item) => [item.itemId, item.changeKey]));
      const changes: ItemChange[] = [];
      for (const itemId of seen.keys())
        if (!keys.has(itemId)) changes.push({ kind: 'deleted', itemId, changeKey: undefined });
      for (const [itemId, changeKey] of keys) {
        const before = seen.get(itemId);
        if (before !== changeKey)
          changes.push({ kind: before === undefined ? 'created' : 'updated', itemId, changeKey });
      }
      const page = changes.slice(0, pageSize);
      const items = new Map(seen);
      for (const change of page) {
        if (change.changeKey === undefined) items.delete(change.itemId);
        else items.set(change.itemId, change.changeKey);
      }
      counter += 1;
      const syncState = Buffer.from(`state ${counter}`).toString('base64');
      states.set(syncState, { ...folder, items });
      return { changes: page, syncState, more: changes.length > page.length };
    },
    forget({ mailboxId, kind } = {}) {
      for (const [state, seen] of states)
        if ((mailboxId ?? seen.mailboxId) === seen.mailboxId && (kind ?? seen.kind) === seen.kind) states.delete(state);
    },
  };
}
