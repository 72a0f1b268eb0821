import { createHash } from 'node:crypto';
import { type CrmVersion, compareVersions, type RecordId } from '../../../shared/domain/ids.ts';
import type { LiveMapping, MailboxKey, TombstoneMapping } from '../../../shared/domain/item-mapping.ts';
import type { Outcome } from '../../../shared/domain/outcome.ts';
import type { SyncRecord } from '../../../shared/domain/sync-record.ts';
import type { MailboxAccess } from '../../../shared/ports/exchange-gateway.ts';
import type { Log } from '../../../shared/ports/log.ts';
import type { LiveMappingChange, TombstoneChange } from '../../../shared/ports/mapping-store.ts';
import type { PortCall, Watch } from '../engine-world.ts';
import { Violation } from './invariants.ts';
import { countUp, type Ledger, stampText } from './ledger.ts';

/** A word in every text that people write in a history: found in a store, a queue or a log, it has leaked. */
export const canary = 'kanarie';
/** What people write into items that are private. */
export const privateCanary = 'geheim';
/** All guests are called so. */
export const guestDomain = 'guests.example';
export const otherTenant = 'fabrikam';

/** What the engine was seen doing. */
export interface Observer {
  readonly watch: Watch;
  readonly log: Log;
  /** Calls that write to Exchange or the CRM, since the beginning. */
  writes(): number;
  calls(): number;
  /** Writes that were carried out, by record. */
  readonly toCrm: Map<RecordId, number>;
  toExchange(): number;
  /** Records that had a mapping at any time. */
  readonly mapped: ReadonlySet<RecordId>;
  /** Deletions of either side that were carried out, by mailbox and hour. */
  readonly deletions: Map<string, number>;
  /** Of all port calls so far, in order; only where tracing was asked for. */
  trace(): string;
  /** What was seen to break an invariant, and not thrown into the engine. */
  readonly violations: Violation[];
}

const exchangeWrites = new Set(['createItems', 'updateItems', 'deleteItems']);
const crmWrites = new Set(['createRecord', 'updateRecord', 'deleteRecord']);
/** Where contents may go: to the other systems, and into the vault, whose adapter encrypts them. */
const outside = new Set(['exchange', 'crm', 'secrets', 'images']);
const reads = /^(find|list|has|held|total|read)/;

/** Watches all port calls. `closely`: also hashes them and looks for leaked words, which costs as much as the work itself. */
export function observer(
  ledger: Ledger,
  closely: boolean,
  recordOf: (id: RecordId) => SyncRecord | undefined,
  now: () => number,
): Observer {
  const hash = createHash('sha256');
  const violations: Violation[] = [];
  const toCrm = new Map<RecordId, number>();
  let toExchange = 0;
  const agreedVersions = new Map<string, CrmVersion>();
  const tombstones = new Map<string, CrmVersion>();
  const mapped = new Set<RecordId>();
  const deletions = new Map<string, number>();
  const deleting = new Map<PortCall, SyncRecord>();
  const countDeletions = (mailboxId: string, many: number) => {
    const key = `${mailboxId} in hour ${Math.floor(now() / 3_600_000)}`;
    deletions.set(key, (deletions.get(key) ?? 0) + many);
  };
  let writes = 0;
  let calls = 0;

  const break_ = (invariant: Violation['invariant'], what: string) =>
    void violations.push(new Violation(invariant, what));
  const lookForLeaks = (where: string, text: string) => {
    for (const word of [canary, privateCanary, guestDomain, 'password'])
      if (text.toLowerCase().includes(word)) break_('I14', `"${word}" in ${where}`);
  };

  function savedLive([mailbox, changes]: readonly unknown[], output: unknown): void {
    (changes as readonly LiveMappingChange[]).forEach(({ mapping }, at) => {
      if ((output as (string | undefined)[])[at] !== undefined) seeLive(mailbox as MailboxKey, mapping);
    });
  }

  function seeLive(mailbox: MailboxKey, { recordId, generation, crmVersion }: LiveMapping): void {
    mapped.add(recordId);
    tombstones.delete(stampText({ ...mailbox, recordId }));
    const key = `${stampText({ ...mailbox, recordId })} ${generation}`;
    const before = agreedVersions.get(key);
    // An item that is linked anew was never agreed on.
    if (crmVersion === '0') return;
    if (before !== undefined && compareVersions(crmVersion, before) < 0)
      break_('I5', `${key} fell from version ${before} to ${crmVersion}`);
    agreedVersions.set(key, crmVersion);
  }

  function savedTombstones([mailbox, changes]: readonly unknown[], output: unknown): void {
    (changes as readonly TombstoneChange[]).forEach(({ mapping }, at) => {
      const { recordId, crmVersion } = mapping satisfies TombstoneMapping;
      if ((output as (string | undefined)[])[at] !== undefined)
        tombstones.set(stampText({ ...(mailbox as MailboxKey), recordId }), crmVersion);
    });
  }

  function beforeCall(call: PortCall): void {
    const { port, method, input } = call;
    calls += 1;
    if (port === 'exchange' && exchangeWrites.has(method)) writes += 1;
    if (port === 'crm' && crmWrites.has(method)) {
      writes += 1;
      const record = method === 'deleteRecord' ? recordOf(input[1] as RecordId) : undefined;
      if (record !== undefined) deleting.set(call, record);
    }
    if (!closely) return;
    const text = JSON.stringify(input);
    hash.update(`${port}.${method} ${text}\n`);
    if (outside.has(port)) return;
    lookForLeaks(`${port}.${method}`, text);
    if (!reads.test(method) && text.includes(otherTenant)) break_('I11', `${port}.${method} names ${otherTenant}`);
  }

  /** A tombstone gives way to a new life: not of a record whose deletion it stands for. */
  function beginsAnew([mailbox, , intent]: readonly unknown[]): void {
    const { recordId } = intent as { recordId: RecordId };
    const key = stampText({ ...(mailbox as MailboxKey), recordId });
    const buried = tombstones.get(key);
    const deleted = ledger.deletedInCrm.get(recordId);
    tombstones.delete(key);
    if (buried === undefined || deleted === undefined || recordOf(recordId) !== undefined) return;
    if (compareVersions(buried, deleted) >= 0)
      break_('I4', `${recordId} gets an item although its deletion was applied`);
  }

  function seeDeletion(recordId: RecordId): void {
    const { deletedInExchange, unstampedDeletions } = ledger;
    // A record that was just made of an item may be taken back and made anew when the item has another id meanwhile.
    if (mapped.has(recordId) && !deletedInExchange.has(recordId) && unstampedDeletions === 0)
      break_('I3', `${recordId} is deleted although nobody deleted its item`);
  }

  function afterCall(call: PortCall, output: unknown): void {
    const { port, method, input } = call;
    if (port === 'exchange' && exchangeWrites.has(method)) {
      const carriedOut = (output as Outcome<unknown>[]).filter(({ ok }) => ok).length;
      toExchange += carriedOut;
      if (method === 'deleteItems') countDeletions((input[0] as MailboxAccess).mailbox.id, carriedOut);
    }
    if (port === 'mappings' && method === 'saveLive') savedLive(input, output);
    if (port === 'mappings' && method === 'saveTombstones') savedTombstones(input, output);
    if (port === 'mappings' && method === 'replaceByIntent') beginsAnew(input);
    if (port === 'crm' && method === 'updateRecord') countUp(toCrm, (output as SyncRecord).id);
    // Deleting what is gone is no write.
    const deleted = deleting.get(call);
    if (deleted !== undefined) {
      deleting.delete(call);
      if (mapped.has(deleted.id)) countDeletions(`mailbox-${deleted.ownerId}`, 1);
      seeDeletion(input[1] as RecordId);
      countUp(toCrm, input[1] as RecordId);
      ledger.deletedInCrm.set(input[1] as RecordId, output as CrmVersion);
    }
  }

  const logged = (...all: readonly unknown[]) => {
    if (closely) lookForLeaks('the log', JSON.stringify(all));
  };
  return {
    watch: { before: beforeCall, after: afterCall },
    log: { info: logged, warn: logged, error: (fields, text) => logged(fields, text) },
    writes: () => writes,
    calls: () => calls,
    toCrm,
    toExchange: () => toExchange,
    mapped,
    deletions,
    trace: () => hash.copy().digest('hex'),
    violations,
  };
}
