import type { MailboxKey } from '../../domain/item-mapping.ts';
import { keys } from '../../domain/keys.ts';
import type { Quarantine } from '../../domain/quarantine.ts';
import type { BrakeStore } from '../../ports/brake-store.ts';
import type { Erasable } from '../../ports/erasable.ts';
import { erasingMailboxPartitions, isOfMailboxesOf } from './memory-erasure.ts';
import { memoryRows, saveRow } from './memory-rows.ts';

const partitionOf = ({ organizationId, mailboxId }: MailboxKey) => keys.mailbox(organizationId, mailboxId);

/** Quarantines and counters in this process's memory. */
export function memoryBrakeStore(): BrakeStore & Erasable {
  const quarantines = memoryRows<Quarantine>();
  const counters = memoryRows<{ hour: string; total: number }>();

  const total = ({ organizationId, mailboxId }: MailboxKey, counter: string, hour: string) =>
    counters.find(keys.counters(organizationId, mailboxId), keys.counterRow(counter, hour))?.value.total ?? 0;

  return {
    async quarantine(quarantine) {
      const [partition, row] = [partitionOf(quarantine), keys.quarantineRow(quarantine.recordId, quarantine.brake)];
      const before = quarantines.find(partition, row);
      if (before === undefined || before.value.releasedAt !== undefined) quarantines.put(partition, row, quarantine);
    },
    findFor: async (mailbox, recordId) =>
      quarantines
        .list(partitionOf(mailbox))
        .filter(({ value }) => value.releasedAt === undefined)
        .filter(({ value }) => value.recordId === undefined || value.recordId === recordId),
    listActive: async (mailbox) =>
      quarantines.list(partitionOf(mailbox)).filter(({ value }) => value.releasedAt === undefined),
    list: async (organization) =>
      quarantines
        .listAll(keys.mailboxesOf(organization)[0])
        .map((row) => row.value)
        .sort((a, b) => Date.parse(b.since) - Date.parse(a.since)),
    async release({ value, etag }, releasedAt, releasedBy) {
      const row = keys.quarantineRow(value.recordId, value.brake);
      saveRow(quarantines, 'the quarantine', partitionOf(value), row, { ...value, releasedAt, releasedBy }, etag);
    },
    async add(mailbox, counter, hour, by) {
      const sum = total(mailbox, counter, hour) + by;
      const { organizationId, mailboxId } = mailbox;
      counters.put(keys.counters(organizationId, mailboxId), keys.counterRow(counter, hour), { hour, total: sum });
      return sum;
    },
    total: async (mailbox, counter, hour) => total(mailbox, counter, hour),
    async removeOlderThan(organization, at) {
      const isOld = (moment: string | undefined) => moment !== undefined && Date.parse(moment) < Date.parse(at);
      const isHere = (partition: string) => isOfMailboxesOf(organization, partition);
      return (
        counters.removeMatching((partition, _row, { hour }) => isHere(partition) && isOld(hour)) +
        quarantines.removeMatching((partition, _row, { releasedAt }) => isHere(partition) && isOld(releasedAt))
      );
    },
    ...erasingMailboxPartitions(quarantines, counters),
  };
}
