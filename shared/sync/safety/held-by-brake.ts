import type { OrganizationId } from '../../domain/ids.ts';
import type { BrakeStore } from '../../ports/brake-store.ts';
import type { MappingStore } from '../../ports/mapping-store.ts';
import type { PendingChange } from '../../ports/pause-store.ts';

/** Whether what waits would be held again, because its mailbox or its record stands still. */
export async function isHeldByBrake(
  { brakes, mappings }: { readonly brakes: BrakeStore; readonly mappings: Pick<MappingStore, 'findByItems'> },
  organizationId: OrganizationId,
  { mailboxId, change }: PendingChange,
): Promise<boolean> {
  const box = { organizationId, mailboxId };
  const active = await brakes.listActive(box);
  if (active.length === 0) return false;
  if (active.some(({ value }) => value.recordId === undefined)) return true;
  if (change.kind !== 'exchangeChange') return active.some(({ value }) => value.recordId === change.recordId);
  const entry = (await mappings.findByItems(box, [change.itemId])).get(change.itemId);
  return entry?.state === 'mapped' && active.some(({ value }) => value.recordId === entry.recordId);
}
