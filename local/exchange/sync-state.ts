import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EwsError } from './ews-error.ts';

/**
 * Where a client stands in the history of one folder. A round of pages is fixed at `top` when it starts, so that what
 * changes meanwhile is told in the next round: the client knows all up to `base`, and has been told this round up to `at`.
 */
const SyncState = z.object({
  folder: z.string(),
  mailbox: z.string(),
  epoch: z.number(),
  base: z.number(),
  at: z.number(),
  top: z.number(),
});
export type SyncState = z.infer<typeof SyncState>;

const sign = (text: string) => createHash('sha256').update(`sync state ${text}`).digest('base64').slice(0, 12);

export function encodeSyncState(state: SyncState): string {
  const text = JSON.stringify(state);
  return Buffer.from(`${sign(text)}${text}`).toString('base64');
}

/** @throws EwsError ErrorInvalidSyncStateData when the text is damaged, or was given for another folder or before a reset. */
export function decodeSyncState(text: string, expected: Pick<SyncState, 'folder' | 'mailbox' | 'epoch'>): SyncState {
  const invalid = new EwsError(
    'ErrorInvalidSyncStateData',
    'Synchronization state data is corrupt or otherwise invalid.',
  );
  const plain = Buffer.from(text, 'base64').toString('utf8');
  const content = plain.slice(12);
  if (sign(content) !== plain.slice(0, 12)) throw invalid;
  const state = SyncState.parse(JSON.parse(content));
  if (state.folder !== expected.folder || state.mailbox !== expected.mailbox || state.epoch !== expected.epoch)
    throw invalid;
  return state;
}
