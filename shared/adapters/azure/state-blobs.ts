import type { ContainerClient } from '@azure/storage-blob';
import { unlessRefused } from './azure-storage-errors.ts';

/** Blobs that are written once under a new name and never changed. */
export interface StateBlobs {
  write(name: string, bytes: Uint8Array): Promise<void>;
  read(name: string): Promise<Uint8Array | undefined>;
  /** Removing what is gone does nothing. */
  remove(name: string): Promise<void>;
}

export function stateBlobs(container: ContainerClient): StateBlobs {
  return {
    async write(name, bytes) {
      const options = { blobHTTPHeaders: { blobContentType: 'application/octet-stream' } };
      await container.getBlockBlobClient(name).uploadData(bytes, options);
    },
    read: (name) =>
      container
        .getBlobClient(name)
        .downloadToBuffer()
        .catch((error) => unlessRefused(error, 'missing')),
    async remove(name) {
      await container.getBlobClient(name).deleteIfExists();
    },
  };
}
