import { hashOf } from './hash.ts';
import { ItemId, type MailboxId, type OperationId, type OrganizationId } from './ids.ts';

/** An occurrence of a series, as its id in the domain names it. */
export interface OccurrenceKey {
  /** Exchange's id of the series: where to look for the occurrence. */
  readonly seriesId: ItemId;
  /** UTC ISO 8601 with milliseconds; stays when the occurrence is moved. */
  readonly originalStart: string;
}

const form = /^occurrence:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z):(.+)$/;
const iso = (instant: string) => new Date(instant).toISOString();

/**
 * An id for an occurrence where an item's id is wanted. Exchange gives an occurrence another id when it becomes an exception; this
 * one stays. Exchange never makes an id of this form.
 */
export function occurrenceItemId(seriesId: ItemId, originalStart: string): ItemId {
  return ItemId.parse(`occurrence:${iso(originalStart)}:${seriesId}`);
}

/** Undefined when it is an id of Exchange. */
export function parseOccurrenceItemId(itemId: ItemId): OccurrenceKey | undefined {
  const [, originalStart, seriesId] = form.exec(itemId) ?? [];
  return originalStart === undefined ? undefined : { originalStart, seriesId: ItemId.parse(seriesId) };
}

export const isOccurrence = (itemId: ItemId): boolean => form.test(itemId);

/** The name of the one create of an occurrence's record in the CRM: UID and original start, which stay when the series itself moves to another folder. */
export function operationOfOccurrence(
  box: { readonly organizationId: OrganizationId; readonly mailboxId: MailboxId },
  seriesUid: string,
  originalStart: string,
): OperationId {
  return hashOf('occurrence', box.organizationId, box.mailboxId, seriesUid, iso(originalStart)) as OperationId;
}
