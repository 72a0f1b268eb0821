import type { MailboxId, OrganizationId } from '../../domain/ids.ts';
import type { BrakeStore } from '../../ports/brake-store.ts';
import type { MappingStore } from '../../ports/mapping-store.ts';
import type { PendingChange } from '../../ports/pause-store.ts';

/** Whether what waits would be held again, because its mailbox or its record stands still. Asks once for each mailbox. */
export function heldByBrake(
  { brakes, mappings }: { readonly brakes: BrakeStore; readonly mappings: Pick<MappingStore, 'findByItems'> },
  organizationId: OrganizationId,
): (pending: PendingChange) => Promise<boolean> {
  const standing = new Map<MailboxId, ReturnType<BrakeStore['listActive']>>();
  const activeIn = (mailboxId: MailboxId) => {
    const known = standing.get(mailboxId) ?? brakes.listActive({ organizationId, mailboxId });
    standing.set(mailboxId, known);
    return known;
  };
  return async ({ mailboxId, change }) => {
    const active = await activeIn(mailboxId);
    if (active.length === 0) return false;
    if (active.some(({ value }) => value.recordId === undefined)) return true;
    if (change.kind !== 'exchangeChange') return active.some(({ value }) => value.recordId === change.recordId);
    const entry = (await mappings.findByItems({ organizationId, mailboxId }, [change.itemId])).get(change.itemId);
    return entry?.state === 'mapped' && active.some(({ value }) => value.recordId === entry.recordId);
  };
}
