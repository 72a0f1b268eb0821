import type { LiveMapping } from './item-mapping.ts';
import type { SyncItem } from './sync-item.ts';

/** Whether an item's field says what it really is. A record that was made in the CRM takes of a private item only the time: the rest reads "Busy". */
export const isShown = (
  field: string,
  { origin, matched }: Pick<LiveMapping, 'origin' | 'matched'>,
  item: SyncItem,
): boolean => field === 'time' || (origin !== 'crm' && matched !== true) || !isPrivate(item);

const isPrivate = (item: SyncItem): boolean =>
  item.kind === 'appointment' && (item.sensitivity === 'private' || item.sensitivity === 'confidential');
