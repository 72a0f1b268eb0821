import { Webhook } from 'standardwebhooks';
import { crmEventMediaTypes } from '../../shared/domain/crm-event.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Commit } from './record-store.ts';

export interface WebhookTarget {
  readonly url: string;
  /** A Standard Webhooks secret, whsec_… */
  readonly secret: string;
}

export interface WebhookOutbox {
  /** While disabled nothing is sent; what was handed in before waits. */
  enable(enabled: boolean): void;
  readonly enabled: boolean;
  /** Deliveries under way or waiting to be tried again. */
  readonly waiting: number;
  /** Resolves never by itself: sends at once, and again until it is taken. */
  deliver(id: string, commits: readonly Commit[], batch: boolean): void;
  close(): void;
}

/** Pauses before the second, third … try; the last one repeats. */
const pauses = [1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000];
const tries = 80;
const atOnce = 16;

interface Delivery {
  readonly id: string;
  readonly contentType: string;
  readonly body: string;
  readonly attempt: number;
}

/** What a CRM does after its commit: posts signed events, with the same webhook-id until they are taken. */
export function webhookOutbox(
  target: WebhookTarget,
  source: () => string,
  clock: Clock,
  acknowledged: (id: string) => void,
): WebhookOutbox {
  const signer = new Webhook(target.secret);
  const stop = new AbortController();
  const ready: Delivery[] = [];
  const timers = new Set<() => void>();
  let sending = 0;
  let enabled = true;

  async function post({ id, contentType, body }: Delivery): Promise<number> {
    const now = clock.now();
    const response = await fetch(target.url, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        'webhook-id': id,
        'webhook-timestamp': `${Math.floor(now.getTime() / 1000)}`,
        'webhook-signature': signer.sign(id, now, body),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(15_000)]),
    });
    await response.body?.cancel();
    return response.status;
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const status = await post(delivery).catch(() => 0);
    sending -= 1;
    if (stop.signal.aborted) return;
    const taken = status >= 200 && status < 300;
    const useless = status === 400 || status === 413 || delivery.attempt >= tries;
    if (taken || useless) {
      if (!taken) process.stderr.write(`crm: gave up delivery ${delivery.id}: the receiver answered ${status}\n`);
      acknowledged(delivery.id);
    } else {
      const cancel = clock.after(pauses[Math.min(delivery.attempt, pauses.length) - 1] ?? 0, () => {
        timers.delete(cancel);
        ready.push({ ...delivery, attempt: delivery.attempt + 1 });
        pump();
      });
      timers.add(cancel);
    }
    pump();
  }

  function pump(): void {
    while (enabled && sending < atOnce && !stop.signal.aborted) {
      const delivery = ready.shift();
      if (delivery === undefined) return;
      sending += 1;
      void attempt(delivery);
    }
  }

  const toEvent = ({ kind, at, record }: Commit) => ({
    specversion: '1.0',
    id: `${record.id}-${record.version}`,
    source: source(),
    type: `crm.${record.kind}.${kind}.v1`,
    subject: record.id,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: { recordId: record.id, entity: record.kind, version: record.version, ownerId: record.ownerId },
  });

  return {
    get enabled() {
      return enabled;
    },
    get waiting() {
      return ready.length + sending + timers.size;
    },
    enable(next) {
      enabled = next;
      pump();
    },
    deliver(id, commits, batch) {
      const events = commits.map(toEvent);
      ready.push({
        id,
        contentType: batch ? crmEventMediaTypes.batch : crmEventMediaTypes.single,
        body: JSON.stringify(batch ? events : events[0]),
        attempt: 1,
      });
      pump();
    },
    close() {
      stop.abort();
      for (const cancel of timers) cancel();
    },
  };
}
