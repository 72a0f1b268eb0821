import type { Failure } from '../../domain/failure.ts';
import type { OrganizationId } from '../../domain/ids.ts';
import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { FailureStore } from '../../ports/failure-store.ts';
import { memoryRows } from './memory-rows.ts';

const partitionOf = (organization: OrganizationId | undefined) => organization ?? keys.nobody;

/** Failures in this process's memory. */
export function memoryFailureStore(): FailureStore & Erasable {
  const rows = memoryRows<Failure>();
  return {
    async report(failure) {
      rows.put(partitionOf(failure.organizationId), keys.failureRow(failure.id), failure);
    },
    find: async (organization, id) => rows.find(partitionOf(organization), keys.failureRow(id))?.value,
    list: async (organization, limit) =>
      rows
        .list(partitionOf(organization))
        .map((row) => row.value)
        .sort((a, b) => Date.parse(b.failedAt) - Date.parse(a.failedAt))
        .slice(0, limit),
    async remove(organization, id) {
      rows.remove(partitionOf(organization), keys.failureRow(id));
    },
    eraseMailbox: async ({ organizationId, mailboxId }) =>
      rows.removeMatching((partition, _row, value) => partition === organizationId && value.mailboxId === mailboxId),
    eraseOrganization: async (organization) => rows.removeMatching((partition) => partition === organization),
  };
}
