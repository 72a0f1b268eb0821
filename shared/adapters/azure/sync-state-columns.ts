import type { SyncState } from '../../ports/cursor-store.ts';
import type { ReadRow } from './table-rows.ts';

/** A column holds at most 64 KiB, a row 1 MiB: 15 chunks leave room for keys and names. */
const chunkBytes = 60 * 1024;
const mostChunks = 15;

const columnOf = (index: number) => `state${`${index}`.padStart(2, '0')}`;

/** Base64 as the bytes it stands for, three quarters the size; any other text as UTF-8. */
export function toBytes(state: SyncState): Uint8Array {
  return Buffer.from(state, encodingOf(state));
}

export function fitsInRow(bytes: Uint8Array): boolean {
  return bytes.length <= chunkBytes * mostChunks;
}

/** The columns that hold the state; without bytes only those that tell how it is written. */
export function toColumns(state: SyncState, bytes: Uint8Array = new Uint8Array()): Record<string, string | Uint8Array> {
  const chunks: Record<string, Uint8Array> = {};
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    chunks[columnOf(start / chunkBytes)] = bytes.subarray(start, start + chunkBytes);
  }
  return { encoding: encodingOf(state), ...chunks };
}

/** The state of a row, from its own columns or from the bytes of its blob. */
export function stateFromColumns(row: ReadRow, blob?: Uint8Array): SyncState {
  const bytes = Buffer.concat(blob === undefined ? chunksOf(row) : [blob]);
  return bytes.toString(row['encoding'] === 'base64' ? 'base64' : 'utf8');
}

function chunksOf(row: ReadRow): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let index = 0; index < mostChunks; index += 1) {
    const chunk = row[columnOf(index)];
    if (chunk instanceof Uint8Array) chunks.push(chunk);
  }
  return chunks;
}

/** Only what comes back as it was is kept as bytes. */
function encodingOf(state: SyncState): 'base64' | 'utf8' {
  return Buffer.from(state, 'base64').toString('base64') === state ? 'base64' : 'utf8';
}
