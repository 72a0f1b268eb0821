import type { ChangeKey, ItemId, MailboxId } from '../../domain/ids.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { SyncState } from '../../ports/cursor-store.ts';
import type { ChangePage, ItemChange } from '../../ports/exchange-gateway.ts';
import type { MemoryItem } from './memory-exchange-items.ts';

interface Seen {
  readonly mailboxId: MailboxId;
  readonly items: ReadonlyMap<ItemId, ChangeKey>;
}

export interface MemorySyncFeed {
  page(mailboxId: MailboxId, present: readonly MemoryItem[], since: SyncState | undefined): ChangePage;
  /** From now on every state handed out before is refused, as after a restore of the mailbox. */
  forget(): void;
}

/** Like SyncFolderItems: a state stands for what its holder has seen; a page is the difference to what there is. */
export function memorySyncFeed(pageSize: number): MemorySyncFeed {
  const states = new Map<SyncState, Seen>();
  let counter = 0;

  function seenAt(mailboxId: MailboxId, since: SyncState | undefined): ReadonlyMap<ItemId, ChangeKey> {
    if (since === undefined) return new Map();
    const seen = states.get(since);
    if (seen?.mailboxId === mailboxId) return seen.items;
    throw new SyncError('Exchange no longer knows the place up to which this calendar was read; it is read anew.', {
      code: 'ErrorInvalidSyncStateData',
      remedy: { kind: 'resync' },
      status: 'notSyncing',
    });
  }

  return {
    page(mailboxId, present, since) {
      const seen = seenAt(mailboxId, since);
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
      states.set(syncState, { mailboxId, items });
      return { changes: page, syncState, more: changes.length > page.length };
    },
    forget: () => states.clear(),
  };
}
