import type { OrganizationId } from '../domain/ids.ts';
import type { BrakeStore } from '../ports/brake-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { CursorStore } from '../ports/cursor-store.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { ImageVault } from '../ports/image-vault.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import type { Log } from '../ports/log.ts';
import type { WebhookReceiptStore } from '../ports/webhook-receipt-store.ts';

export interface ExpireDeps {
  readonly directory: DirectoryStore;
  readonly journal: JournalStore;
  readonly images: ImageVault;
  readonly brakes: BrakeStore;
  readonly receipts: WebhookReceiptStore;
  readonly cursors: CursorStore;
  readonly clock: Clock;
  readonly log: Log;
}

const dayMs = 86_400_000;

/** How many days things are kept. Images hold contents, encrypted: no longer than anybody would want them back. */
export const keptDays = { journal: 400, images: 30, brakes: 30, receipts: 8, orphans: 1 } as const;

/** Removes what has been kept long enough, of every organization. What cannot be removed today is tried again tomorrow. */
export async function expireRecords(deps: ExpireDeps): Promise<void> {
  const { directory, journal, images, brakes, receipts, cursors, clock, log } = deps;
  const now = clock.now().getTime();
  const removals: Readonly<Record<keyof typeof keptDays, (id: OrganizationId, at: string) => Promise<number>>> = {
    images: images.removeOlderThan,
    journal: journal.removeOlderThan,
    brakes: brakes.removeOlderThan,
    receipts: receipts.removeOlderThan,
    orphans: cursors.removeOrphans,
  };
  for (const { id } of await directory.listOrganizations()) {
    for (const [what, remove] of Object.entries(removals)) {
      const at = new Date(now - keptDays[what as keyof typeof keptDays] * dayMs).toISOString();
      try {
        const count = await remove(id, at);
        if (count > 0) log.info({ organizationId: id, what, count }, 'removed what was kept long enough');
      } catch (error) {
        log.error({ organizationId: id, what }, 'what was kept long enough could not be removed', error);
      }
    }
  }
}
