import type { ContainerClient } from '@azure/storage-blob';
import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { ImageVault } from '../../ports/image-vault.ts';
import { openImage, sealImage } from '../seal-image.ts';
import { blobsIn } from './blobs.ts';

/** Images as encrypted blobs; their age is what storage says it is. */
export function blobImageVault(container: ContainerClient): ImageVault & Erasable {
  const blobs = blobsIn(container);
  return {
    save: (mailbox, name, key, content) =>
      blobs.write(
        keys.imageBlob(mailbox.organizationId, mailbox.mailboxId, name),
        sealImage({ ...mailbox, name }, key, content),
      ),
    async read(mailbox, name, key) {
      const sealed = await blobs.read(keys.imageBlob(mailbox.organizationId, mailbox.mailboxId, name));
      return sealed === undefined ? undefined : openImage({ ...mailbox, name }, key, sealed);
    },
    remove: (mailbox, name) => blobs.remove(keys.imageBlob(mailbox.organizationId, mailbox.mailboxId, name)),
    removeOlderThan: (organization, at) => blobs.removeAll(keys.organizationBlobs(organization), new Date(at)),
    eraseMailbox: ({ organizationId, mailboxId }) => blobs.removeAll(keys.mailboxBlobs(organizationId, mailboxId)),
    eraseOrganization: (organization) => blobs.removeAll(keys.organizationBlobs(organization)),
  };
}
