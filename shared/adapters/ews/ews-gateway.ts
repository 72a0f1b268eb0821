import type { Clock } from '../../ports/clock.ts';
import type { ExchangeGateway } from '../../ports/exchange-gateway.ts';
import type { Log } from '../../ports/log.ts';
import type { SecretStore } from '../../ports/secret-store.ts';
import { findStamped } from './ews-find-stamped.ts';
import { listItems } from './ews-list-items.ts';
import { readOccurrences } from './ews-occurrences.ts';
import { inBatches } from './ews-outcomes.ts';
import { readItems } from './ews-read-items.ts';
import { listChanges, probe } from './ews-reads.ts';
import { ewsSession } from './ews-session.ts';
import { ewsWrites } from './ews-writes.ts';

export interface EwsGatewayOptions {
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly log: Log;
  /** For one call of the gateway, all its requests together; default 60,000. */
  readonly deadlineMs?: number;
  /** Plain http and this machine as the server; only the local environment sets it. */
  readonly allowInsecure?: boolean;
  /** PEM of a certificate authority that is trusted besides the known ones. */
  readonly ca?: string;
  readonly userAgent?: string;
  /** Bytes of an answer, unpacked; default 32 MB. */
  readonly largestAnswer?: number;
}

/** What Exchange advises for one request, so that it ends within its own minute. */
const batchSize = 10;

/** Exchange over Exchange Web Services: on-premises, and in Exchange Online as long as it lasts. */
export function ewsGateway(options: EwsGatewayOptions): ExchangeGateway {
  const session = ewsSession({
    secrets: options.secrets,
    clock: options.clock,
    deadlineMs: options.deadlineMs ?? 60_000,
    largestAnswer: options.largestAnswer ?? 32 * 1024 * 1024,
    allowInsecure: options.allowInsecure ?? false,
    ca: options.ca,
    userAgent: options.userAgent ?? 'crm-exchange-sync',
  });
  const write = ewsWrites(session, options.log);

  return {
    capabilities: { batchSize, canNotifyNobody: true, push: false },
    listChanges: (access, kind, since) => session.call(access, (call) => listChanges(session, call, kind, since)),
    readItems: (access, kind, items) =>
      session.call(access, (call) =>
        inBatches(items, batchSize, (batch) => readItems(session, options.log, call, kind, batch)),
      ),
    createItems: (access, drafts, notify) =>
      session.call(access, (call) => inBatches(drafts, batchSize, (batch) => write.create(call, batch, notify))),
    updateItems: (access, changes, notify) =>
      session.call(access, (call) => inBatches(changes, batchSize, (batch) => write.update(call, batch, notify))),
    deleteItems: (access, kind, items, notify) =>
      session.call(access, (call) => inBatches(items, batchSize, (batch) => write.delete(call, kind, batch, notify))),
    findStamped: (access, kind, stamp, around) =>
      session.call(access, (call) => findStamped(session, call, kind, stamp, around)),
    listItems: (access, kind, window, cursor) =>
      session.call(access, (call) => listItems(session, options.log, call, kind, window, cursor)),
    readOccurrences: (access, series, window) =>
      session.call(access, (call) => readOccurrences(session, options.log, call, series, window)),
    probe: (access, kind = 'appointment') => session.call(access, (call) => probe(session, call, kind)),
  };
}
