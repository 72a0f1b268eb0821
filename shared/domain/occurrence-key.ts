import { hashOf } from './hash.ts';
import { ItemId, type MailboxId, type OperationId, type OrganizationId } from './ids.ts';

/** An occurrence of a series as our tables know it. Its UID cannot be read back from it. */
export interface OccurrenceKey {
  readonly seriesHash: string;
  /** UTC ISO 8601 with milliseconds. */
  readonly originalStart: string;
}

const form = /^occurrence:([0-9a-f]{64}):(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;
const iso = (instant: string) => new Date(instant).toISOString();

/** What stands for the UID of a series in the key of an occurrence. */
export function seriesHashOf(seriesUid: string): string {
  return hashOf('series', seriesUid);
}

/**
 * An id for an occurrence where an item's id is wanted: UID and original start, which stay when the series moves to another folder, when
 * the occurrence is moved, and when it becomes an exception with an id of its own. Exchange never makes an id of this form.
 */
export function occurrenceItemId(seriesUid: string, originalStart: string): ItemId {
  return ItemId.parse(`occurrence:${seriesHashOf(seriesUid)}:${iso(originalStart)}`);
}

/** Undefined when it is an id of Exchange. */
export function parseOccurrenceItemId(itemId: ItemId): OccurrenceKey | undefined {
  const [, seriesHash, originalStart] = form.exec(itemId) ?? [];
  return seriesHash === undefined || originalStart === undefined ? undefined : { seriesHash, originalStart };
}

/** The name of the one create of an occurrence's record in the CRM, derived from the meeting like any other. */
export function operationOfOccurrence(
  box: { readonly organizationId: OrganizationId; readonly mailboxId: MailboxId },
  seriesUid: string,
  originalStart: string,
): OperationId {
  return hashOf('occurrence', box.organizationId, box.mailboxId, seriesUid, iso(originalStart)) as OperationId;
}
