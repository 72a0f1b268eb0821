import { crmRefused } from '../../../shared/adapters/crm/crm-errors.ts';
import { toEwsSyncError } from '../../../shared/adapters/ews/ews-errors.ts';
import { failed, type Outcome } from '../../../shared/domain/outcome.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { CrmGateway } from '../../../shared/ports/crm-gateway.ts';
import type { ExchangeGateway } from '../../../shared/ports/exchange-gateway.ts';

/** Writes whose answers do not arrive in time, one after the other. */
export interface LateAnswers {
  /** Of each of the next writes: after how many milliseconds it is carried out. 0: before the time-out is told. */
  readonly exchange: number[];
  /** Writes to the CRM that are carried out and answered by a time-out. */
  crm: number;
  /** Of the next batches one item fails for now. */
  spoiledBatches: number;
}

export const noLateAnswers = (): LateAnswers => ({ exchange: [], crm: 0, spoiledBatches: 0 });

const timedOut = () => toEwsSyncError({ kind: 'network', code: 'ETIMEDOUT', sent: true }, 'write');
const spoiled = () => toEwsSyncError({ kind: 'response', code: 'ErrorInternalServerTransientError' }, 'write');

/** Exchange behind a line that loses answers: what was asked is done all the same, at once or later. */
export function lateExchange(gateway: ExchangeGateway, clock: Clock, late: LateAnswers): ExchangeGateway {
  async function write<T>(call: () => Promise<T>): Promise<T> {
    const afterMs = late.exchange.shift();
    if (afterMs === undefined) return call();
    if (afterMs === 0) await call();
    else clock.after(afterMs, () => void call().catch(() => undefined));
    throw timedOut();
  }
  async function batch<I, T>(inputs: readonly I[], call: (some: readonly I[]) => Promise<Outcome<T>[]>) {
    if (late.spoiledBatches === 0) return write(() => call(inputs));
    late.spoiledBatches -= 1;
    return [failed(spoiled()), ...(inputs.length > 1 ? await call(inputs.slice(1)) : [])];
  }
  return {
    ...gateway,
    createItems: (access, drafts, notify) => batch(drafts, (some) => gateway.createItems(access, some, notify)),
    updateItems: (access, changes, notify) => batch(changes, (some) => gateway.updateItems(access, some, notify)),
    // A deletion that is carried out later could meet an item that was wanted again meanwhile: nobody can guard against that.
    deleteItems(access, kind, items, notify) {
      if (late.exchange[0] !== undefined) late.exchange[0] = 0;
      return batch(items, (some) => gateway.deleteItems(access, kind, some, notify));
    },
  };
}

/** A CRM behind a proxy that gives up before the CRM does. */
export function lateCrm(gateway: CrmGateway, late: LateAnswers): CrmGateway {
  async function write<T>(operation: 'create' | 'update' | 'delete', call: () => Promise<T>): Promise<T> {
    if (late.crm === 0) return call();
    late.crm -= 1;
    await call();
    throw crmRefused({ operation, status: 408 });
  }
  return {
    ...gateway,
    createRecord: (...input) => write('create', () => gateway.createRecord(...input)),
    updateRecord: (...input) => write('update', () => gateway.updateRecord(...input)),
    deleteRecord: (...input) => write('delete', () => gateway.deleteRecord(...input)),
  };
}
