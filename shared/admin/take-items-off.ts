import type { BodyPatch } from '../domain/body-patch.ts';
import type { ItemId } from '../domain/ids.ts';
import { type ItemRef, isLive } from '../domain/item.ts';
import type { LiveMapping } from '../domain/item-mapping.ts';
import { hasLinksBlock, notesOf } from '../domain/links-block.ts';
import { isOccurrence, parseOccurrenceItemId } from '../domain/occurrence-key.ts';
import { SyncError } from '../domain/sync-error.ts';
import type { ItemPatch, SyncItem } from '../domain/sync-item.ts';
import type { ExchangeGateway, MailboxAccess } from '../ports/exchange-gateway.ts';

/** What became of the items of some mappings. `left`: private ones and those in an archive, which nobody may touch. */
export interface TakenOff {
  readonly removed: number;
  readonly cleaned: number;
  readonly gone: number;
  readonly left: number;
}

type Fate = keyof TakenOff;

/**
 * Items that came from the CRM are removed, and nobody gets mail for it; items that people made stay, and lose our mark and our
 * block of links. Safe to repeat: what is gone or clean stays so.
 */
export async function takeItemsOff(
  exchange: ExchangeGateway,
  access: MailboxAccess,
  mappings: readonly LiveMapping[],
): Promise<TakenOff> {
  const taken = { removed: 0, cleaned: 0, gone: 0, left: 0 };
  for (const mapping of mappings) {
    const fate = await takeOff(exchange, access, mapping);
    taken[fate] += 1;
  }
  return taken;
}

async function takeOff(exchange: ExchangeGateway, access: MailboxAccess, mapping: LiveMapping): Promise<Fate> {
  const { kind, recordId, itemId, changeKey } = mapping;
  const act = (ref: ItemRef) =>
    isOfCrm(mapping) ? remove(exchange, access, mapping, ref) : clean(exchange, access, mapping, ref.itemId);
  const first = await act({ itemId, changeKey });
  if (first !== 'gone' || isOccurrence(itemId)) return first;
  // A move gives an item another id.
  const stamped = await exchange.findStamped(access, kind, { mailboxId: access.mailbox.id, recordId });
  let fate: Fate = stamped.some(({ place }) => place === 'archive') ? 'left' : 'gone';
  for (const moved of stamped.filter(isLive)) fate = await act(moved);
  return fate;
}

/** Made from a record, and ours to remove: not the copy of a meeting that somebody else organises. */
const isOfCrm = ({ origin, attendeeCopy }: LiveMapping): boolean => origin === 'crm' && attendeeCopy !== true;

async function remove(
  exchange: ExchangeGateway,
  access: MailboxAccess,
  { kind }: LiveMapping,
  ref: ItemRef,
): Promise<Fate> {
  const [outcome] = await exchange.deleteItems(access, kind, [ref], 'none');
  if (outcome === undefined || outcome.ok) return 'removed';
  if (outcome.error.kind === 'notFound') return 'gone';
  throw outcome.error;
}

const cleaningRounds = 4;

async function clean(
  exchange: ExchangeGateway,
  access: MailboxAccess,
  { kind }: LiveMapping,
  itemId: ItemId,
): Promise<Fate> {
  const series = parseOccurrenceItemId(itemId)?.seriesId;
  if (series !== undefined) await clean(exchange, access, { kind } as LiveMapping, series);
  for (let round = 0; round < cleaningRounds; round++) {
    const [read] = await exchange.readItems(access, kind, [itemId]);
    if (read === undefined || !read.ok) {
      if (read?.error.kind !== 'notFound') throw read?.error ?? new Error('Exchange gave no outcome for an item');
      return read.error.code === 'PrivateItem' ? 'left' : 'gone';
    }
    const patch = cleaningOf(read.value);
    if (patch === undefined) return 'cleaned';
    const [written] = await exchange.updateItems(access, [{ item: read.value, patch }], 'none');
    if (written === undefined || written.ok) return 'cleaned';
    if (written.error.kind === 'notFound') return 'gone';
    if (written.error.kind !== 'conflict') throw written.error;
  }
  throw new SyncError('An item kept changing while our mark was taken off.', {
    code: 'ItemKeepsChanging',
    remedy: { kind: 'retry' },
  });
}

/** What takes off what is ours; undefined where nothing is. An occurrence shows the mark of its series, which is taken off there. */
function cleaningOf({ kind, itemId, stamp, bodyText, rawBody }: SyncItem): ItemPatch | undefined {
  const mark = stamp === undefined || isOccurrence(itemId) ? {} : { stamp: null };
  const rest = rawBody === undefined ? { notes: notesOf(bodyText) } : { was: rawBody };
  const body: { body?: BodyPatch } = hasLinksBlock(bodyText) ? { body: { links: {}, ...rest } } : {};
  const patch = { kind, ...mark, ...body } as ItemPatch;
  return Object.keys(patch).length === 1 ? undefined : patch;
}
