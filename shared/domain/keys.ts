import type { PausedScope } from './change-message.ts';
import { hashOf } from './hash.ts';
import type { CommunityId, CrmUserId, ItemId, MailboxId, OrganizationId, ProfileId, RecordId } from './ids.ts';
import type { Process } from './process.ts';
import type { Brake } from './quarantine.ts';

/** Table Storage takes keys of up to 1 KiB in UTF-16: 512 characters, of which each part may use some. */
const longestPart = 300;

/**
 * Every table key is built here, and nowhere else. Table Storage forbids / \ # ? and control characters in keys,
 * see https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 * Ids of our own are safe as they are; ids from outside are hashed or encoded.
 */
const safe = (text: string) => {
  if (/^[A-Za-z0-9._@-]{1,128}$/.test(text)) return text;
  const encoded = Buffer.from(text, 'utf8').toString('base64url');
  return encoded.length <= longestPart ? `~${encoded}` : `~~${hashOf(text)}`;
};

/** As one of several foreign parts of a key: no longer than 128. */
const short = (text: string) => (/^[A-Za-z0-9._@-]{1,128}$/.test(text) ? text : `~~${hashOf(text)}`);

const scopeKey = (scope: PausedScope): string => {
  switch (scope.kind) {
    case 'mailbox':
      return `mailbox|${scope.mailboxId}`;
    case 'profile':
      return `profile|${scope.profileId}`;
    case 'crmConnection':
      return 'crmConnection';
    default:
      return scope satisfies never;
  }
};

/** The later the moment, the smaller the key: what is newest is read first. */
const newestFirst = (at: string | number) => `${9_999_999_999_999 - new Date(at).getTime()}`.padStart(13, '0');

/** The place of a journal entry among those of its mailbox or its record. */
const journalPlace = (at: string, id: string) => `${newestFirst(at)}|${short(id)}`;
const quarantineOf = (record: RecordId | undefined) => (record === undefined ? 'mailbox' : `record|${safe(record)}`);

const blobsOf = (organization: OrganizationId, mailbox?: MailboxId) =>
  mailbox === undefined ? `${hashOf(organization)}/` : `${hashOf(organization)}/${hashOf(organization, mailbox)}/`;
const journalOf = (record: RecordId | undefined) => (record === undefined ? 'time' : `record|${safe(record)}`);

export const keys = {
  organization: (organization: OrganizationId) => organization,
  /** The partition that lists all organizations. No organization can be called so. */
  organizations: '~organizations',
  /** The partition of what names no organization. */
  nobody: '~nobody',
  /** The partition of all that belongs to one mailbox. */
  mailbox: (organization: OrganizationId, mailbox: MailboxId) => `${organization}|${mailbox}`,
  /** All partitions that belong to mailboxes of one organization lie from the first to before the second. */
  mailboxesOf: (organization: OrganizationId) => [`${organization}|`, `${organization}}`] as const,
  record: (record: RecordId) => `r|${safe(record)}`,
  item: (item: ItemId) => `i|${hashOf(item)}`,
  /** What one mailbox has in other partitions than its own lies from the first to before the second. */
  partitionsOf: (organization: OrganizationId, mailbox: MailboxId) =>
    [`${organization}|${mailbox}|`, `${organization}|${mailbox}}`] as const,
  /** All record rows lie from the first to before the second. */
  records: ['r|', 'r}'] as const,
  /** Homes of records are spread over 16 partitions an organization, so that no partition carries all creates. No mailbox can be called so. */
  home: (organization: OrganizationId, record: RecordId) => `${organization}|~${hashOf(record).slice(0, 1)}`,
  homes: (organization: OrganizationId) => [`${organization}|~`, `${organization}}`] as const,

  communityRow: (community: CommunityId) => `community|${community}`,
  crmConnectionRow: 'crmConnection',
  profileRow: (profile: ProfileId) => `profile|${profile}`,
  mailboxRow: (mailbox: MailboxId) => `mailbox|${mailbox}`,
  userRow: (user: CrmUserId) => `user|${safe(user)}`,
  /** By a hash: the key tells no address. */
  addressRow: (address: string) => `address|${hashOf(address.toLowerCase())}`,
  /** All rows of one kind in a partition of the directory lie from the first to before the second. */
  rowsOf: (kind: 'community' | 'profile' | 'mailbox' | 'user' | 'address') => [`${kind}|`, `${kind}}`] as const,

  statusRow: (mailbox: MailboxId, process: Process) => `${mailbox}|${process}`,
  folderRow: (folder: string) => `folder|${safe(folder)}`,
  organizationBlobs: (organization: OrganizationId) => blobsOf(organization),
  /** All blobs of a mailbox have names that start so; they tell nothing of whose they are. */
  mailboxBlobs: (organization: OrganizationId, mailbox: MailboxId) => blobsOf(organization, mailbox),
  /** A new blob for each save. */
  stateBlob: (organization: OrganizationId, mailbox: MailboxId, folder: string, version: string) =>
    `${blobsOf(organization, mailbox)}${hashOf(folder)}/${version}`,
  imageBlob: (organization: OrganizationId, mailbox: MailboxId, name: string) =>
    `${blobsOf(organization, mailbox)}${hashOf(name)}`,
  watermarkRow: 'watermark',
  scopeRow: scopeKey,

  failureRow: (id: string) => `id|${safe(id)}`,
  failureByTime: (failedAt: string, id: string) => `time|${newestFirst(failedAt)}|${safe(id)}`,
  failuresByTime: ['time|', 'time}'] as const,

  journalPlace,
  journalRow: (id: string) => `id|${short(id)}`,
  journalByTime: (at: string, id: string) => `${journalOf(undefined)}|${journalPlace(at, id)}`,
  journalByRecord: (record: RecordId, at: string, id: string) => `${journalOf(record)}|${journalPlace(at, id)}`,
  /** The entries of a mailbox or of one record from a moment on and before another, or from after a place on. */
  journalRows: (
    record: RecordId | undefined,
    { since, until, after }: { since?: string | undefined; until?: string | undefined; after?: string | undefined },
  ) => {
    const first = until === undefined ? '' : newestFirst(Date.parse(until) - 1);
    const next = after === undefined ? '' : `${after}!`;
    const from = `${journalOf(record)}|${next > first ? next : first}`;
    return [
      from,
      since === undefined ? `${journalOf(record)}}` : `${journalOf(record)}|${newestFirst(since)}}`,
    ] as const;
  },

  /** What stands still: rows of the mailbox as a whole, or of one record, lie from the first to before the second. */
  quarantineRow: (record: RecordId | undefined, brake: Brake) => `${quarantineOf(record)}|${brake}`,
  quarantinesOf: (record: RecordId | undefined) => [`${quarantineOf(record)}|`, `${quarantineOf(record)}}`] as const,
  quarantines: ['mailbox|', 'record}'] as const,
  /** Apart from the quarantines, so that these stay few in their partition. */
  counters: (organization: OrganizationId, mailbox: MailboxId) => `${organization}|${mailbox}|counters`,
  /** By time, so that the old ones lie together. */
  counterRow: (counter: string, hour: string) => `${new Date(hour).toISOString()}|${safe(counter)}`,
  countersBefore: (hour: string) => ['', new Date(hour).toISOString()] as const,

  reviewRow: (id: string) => `id|${short(id)}`,
  reviews: ['id|', 'id}'] as const,
  /** The rows that lead from a record or an item to its pairs; all of one lie from the first to before the second. */
  reviewByRecord: (record: RecordId, id: string) => `record|${safe(record)}|${short(id)}`,
  reviewsOfRecord: (record: RecordId) => [`record|${safe(record)}|`, `record|${safe(record)}}`] as const,
  reviewByItem: (item: ItemId, id: string) => `item|${hashOf(item)}|${short(id)}`,
  reviewsOfItem: (item: ItemId) => [`item|${hashOf(item)}|`, `item|${hashOf(item)}}`] as const,

  jobRow: (mailbox: MailboxId, id: string) => `${mailbox}|${safe(id)}`,
  jobParts: (organization: OrganizationId, mailbox: MailboxId, id: string) => `${organization}|${mailbox}|${safe(id)}`,
  jobPartRow: (number: number) => `${number}`.padStart(10, '0'),
  /** In a partition of the organization, what is one mailbox's lies from the first to before the second. */
  rowsOfMailbox: (mailbox: MailboxId) => [`${mailbox}|`, `${mailbox}}`] as const,

  /** Receipts are spread over 16 partitions an organization, as homes are. */
  receipt: (organization: OrganizationId, webhookId: string) => `${organization}|${hashOf(webhookId).slice(0, 1)}`,
  receiptRow: (webhookId: string) => hashOf(webhookId),
  /** A user, an id, an address …: any foreign text as one part of a key. */
  part: safe,
};
