import { keys } from '../../domain/keys.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { ImageVault } from '../../ports/image-vault.ts';
import { openImage, sealImage } from '../seal-image.ts';
import { erasingMailboxPartitions, isOfMailboxesOf } from './memory-erasure.ts';
import { memoryRows } from './memory-rows.ts';

/** Images in this process's memory, encrypted all the same. */
export function memoryImageVault({ clock }: { readonly clock: Pick<Clock, 'now'> }): ImageVault & Erasable {
  const rows = memoryRows<{ sealed: string; savedAt: number }>();
  return {
    async save(mailbox, name, key, content) {
      const sealed = sealImage({ ...mailbox, name }, key, content).toString('base64');
      rows.put(keys.mailbox(mailbox.organizationId, mailbox.mailboxId), name, {
        sealed,
        savedAt: clock.now().getTime(),
      });
    },
    async read(mailbox, name, key) {
      const row = rows.find(keys.mailbox(mailbox.organizationId, mailbox.mailboxId), name);
      return row && openImage({ ...mailbox, name }, key, Buffer.from(row.value.sealed, 'base64'));
    },
    async remove(mailbox, name) {
      rows.remove(keys.mailbox(mailbox.organizationId, mailbox.mailboxId), name);
    },
    removeOlderThan: async (organization, at) =>
      rows.removeMatching(
        (partition, _name, { savedAt }) => isOfMailboxesOf(organization, partition) && savedAt < Date.parse(at),
      ),
    ...erasingMailboxPartitions(rows),
  };
}
