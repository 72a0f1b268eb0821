import { changeKeyOf } from '../../domain/change-message.ts';
import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { Pause, PauseStore, PendingChange } from '../../ports/pause-store.ts';
import { StoreConflict } from '../../ports/stored.ts';
import { erasingMailboxPartitions } from './memory-erasure.ts';
import { memoryRows, saveRow } from './memory-rows.ts';

/** Pauses, and the changes held back by them, in this process's memory. */
export function memoryPauseStore(): PauseStore & Erasable {
  const pauses = memoryRows<Pause>();
  const pending = memoryRows<PendingChange>();
  const waiting = erasingMailboxPartitions(pending);
  return {
    find: async (scope) => pauses.find(scope.organizationId, keys.scopeRow(scope)),
    list: async (organization) => pauses.list(organization).map((row) => row.value),
    save: async (pause, etag) =>
      saveRow(pauses, 'the pause', pause.scope.organizationId, keys.scopeRow(pause.scope), pause, etag),
    async remove({ value: { scope }, etag }) {
      const row = keys.scopeRow(scope);
      if (pauses.remove(scope.organizationId, row, etag)) return;
      if (pauses.find(scope.organizationId, row) !== undefined) throw new StoreConflict('the pause');
    },
    async hold(organization, change) {
      pending.put(keys.mailbox(organization, change.mailboxId), changeKeyOf(change.change), change);
    },
    async *held(organization, mailbox) {
      yield* mailbox === undefined
        ? pending.listAll(keys.mailboxesOf(organization)[0])
        : pending.list(keys.mailbox(organization, mailbox));
    },
    async release(organization, rows) {
      for (const { value, etag } of rows) {
        pending.remove(keys.mailbox(organization, value.mailboxId), changeKeyOf(value.change), etag);
      }
    },
    async eraseMailbox(mailbox) {
      const removed = pauses.remove(mailbox.organizationId, keys.scopeRow({ kind: 'mailbox', ...mailbox }));
      return (removed ? 1 : 0) + (await waiting.eraseMailbox(mailbox));
    },
    eraseOrganization: async (organization) =>
      pauses.removeMatching((partition) => partition === organization) +
      (await waiting.eraseOrganization(organization)),
  };
}
