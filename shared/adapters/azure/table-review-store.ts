import type { TableClient, TransactionAction } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import { keys } from '../../domain/keys.ts';
import { ReviewPair } from '../../domain/review-pair.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { ReviewStore } from '../../ports/review-store.ts';
import type { Stored } from '../../ports/stored.ts';
import { StoreConflict } from '../../ports/stored.ts';
import { inMailbox, inMailboxesOf, inRows, removeMatching, removeTogether } from './remove-rows.ts';
import type { ReadRow, TableRow } from './table-rows.ts';
import { findRow, listRows, queryRows, valuesOf } from './table-rows.ts';
import { writeGroups } from './table-transactions.ts';

const partitionOf = ({ organizationId, mailboxId }: MailboxKey) => keys.mailbox(organizationId, mailboxId);

/** Each pair is a row of its mailbox's partition, with two that lead to it: from the record and from the item. */
export function tableReviewStore(table: TableClient): ReviewStore & Erasable {
  const find = async (mailbox: MailboxKey, id: string): Promise<Stored<ReviewPair> | undefined> => {
    const row = await findRow(table, partitionOf(mailbox), keys.reviewRow(id));
    return row === undefined ? undefined : { value: toPair(row), etag: row.etag };
  };
  const findLed = async (mailbox: MailboxKey, range: readonly [string, string]): Promise<Stored<ReviewPair>[]> => {
    const leads = listRows(table, partitionOf(mailbox), range, ['pairId']);
    const ids = await valuesOf(leads, (row) => String(row['pairId']));
    const pairs = await Promise.all(ids.map((id) => find(mailbox, id)));
    return pairs.filter((pair) => pair !== undefined);
  };
  const save = async (pair: ReviewPair, etag?: string): Promise<string> => {
    const [row, ...leads] = rowsOf(pair);
    const first: TransactionAction = etag === undefined ? ['create', row] : ['update', row, 'Replace', { etag }];
    const led = leads.map((lead): TransactionAction => ['upsert', lead, 'Replace']);
    const [saved] = await writeGroups(table, [[first, ...led]]);
    if (saved === undefined) throw new StoreConflict('the pair');
    return saved;
  };

  return {
    save,
    find,
    async list(organization, { mailboxId, undecided } = {}) {
      const place =
        mailboxId === undefined ? inMailboxesOf(organization) : inMailbox({ organizationId: organization, mailboxId });
      const open = undecided === true ? odata` and decided eq ${false}` : '';
      const pairs = await valuesOf(queryRows(table, `${place} and ${inRows(keys.reviews)}${open}`), toPair);
      return pairs.sort((a, b) => Date.parse(b.foundAt) - Date.parse(a.foundAt));
    },
    findByRecord: (mailbox, record) => findLed(mailbox, keys.reviewsOfRecord(record)),
    findByItem: (mailbox, item) => findLed(mailbox, keys.reviewsOfItem(item)),
    decide: ({ value, etag }, decision, decidedAt, decidedBy) =>
      save({ ...value, decision, decidedAt, decidedBy }, etag),
    async remove(pair) {
      await removeTogether(
        table,
        rowsOf(pair).map(({ partitionKey, rowKey }) => ({ partitionKey, rowKey })),
      );
    },
    eraseMailbox: (mailbox) => removeMatching(table, inMailbox(mailbox)),
    eraseOrganization: (organization) => removeMatching(table, inMailboxesOf(organization)),
  };
}

function rowsOf(pair: ReviewPair): [TableRow, TableRow, TableRow] {
  const partitionKey = partitionOf(pair);
  const { reasons, ...columns } = pair;
  const decided = pair.decision !== undefined;
  return [
    { partitionKey, rowKey: keys.reviewRow(pair.id), ...columns, reasons: JSON.stringify(reasons), decided },
    { partitionKey, rowKey: keys.reviewByRecord(pair.recordId, pair.id), pairId: pair.id },
    { partitionKey, rowKey: keys.reviewByItem(pair.itemId, pair.id), pairId: pair.id },
  ];
}

const toPair = (row: ReadRow): ReviewPair =>
  ReviewPair.parse({ ...row, reasons: JSON.parse(String(row['reasons'])) as unknown });
