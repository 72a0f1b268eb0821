import type { ContainerClient } from '@azure/storage-blob';
import { unlessRefused } from './azure-storage-errors.ts';

/** The blobs of one container, each written and read as a whole. */
export interface Blobs {
  write(name: string, bytes: Uint8Array): Promise<void>;
  read(name: string): Promise<Uint8Array | undefined>;
  /** Removing what is gone does nothing. */
  remove(name: string): Promise<void>;
  /** Names that start so, of blobs last written before the moment if one is given. */
  list(prefix: string, before?: Date): AsyncIterable<string>;
  /** Removes what `list` lists; how many there were. */
  removeAll(prefix: string, before?: Date): Promise<number>;
}

const removalsAtOnce = 20;

export function blobsIn(container: ContainerClient): Blobs {
  const remove = async (name: string): Promise<boolean> =>
    (await container.getBlobClient(name).deleteIfExists()).succeeded;

  async function* list(prefix: string, before?: Date): AsyncIterable<string> {
    for await (const { name, properties } of container.listBlobsFlat({ prefix })) {
      if (before === undefined || properties.lastModified < before) yield name;
    }
  }

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
      await remove(name);
    },
    list,
    async removeAll(prefix, before) {
      let [removed, waiting]: [number, string[]] = [0, []];
      const flush = async () => {
        removed += (await Promise.all(waiting.map(remove))).filter(Boolean).length;
        waiting = [];
      };
      for await (const name of list(prefix, before)) {
        waiting.push(name);
        if (waiting.length === removalsAtOnce) await flush();
      }
      await flush();
      return removed;
    },
  };
}
