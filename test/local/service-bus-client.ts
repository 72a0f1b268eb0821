import { ServiceBusClient } from '@azure/service-bus';
import type { BrokerClock } from '../../local/service-bus/clock.ts';
import type { QueueDefinition } from '../../local/service-bus/queue-definition.ts';

/** Time that moves only when told to. */
export interface SteeredClock extends BrokerClock {
  advance(milliseconds: number): void;
}

export function createSteeredClock(start = Date.now()): SteeredClock {
  let now = start;
  const timers = new Map<() => void, number>();
  return {
    now: () => now,
    after(milliseconds, call) {
      timers.set(call, now + milliseconds);
      return () => timers.delete(call);
    },
    advance(milliseconds) {
      now += milliseconds;
      for (const [call, at] of [...timers]) {
        if (at <= now && timers.delete(call)) call();
      }
    },
  };
}

/** The client of Microsoft, as the product uses it. */
export function connectClient(port: number): ServiceBusClient {
  const key = 'SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true;';
  return new ServiceBusClient(`Endpoint=sb://localhost:${port};${key}`, {
    retryOptions: { maxRetries: 3, retryDelayInMs: 50, timeoutInMs: 3000 },
  });
}

export function queueDefinition(name: string, more: Partial<QueueDefinition> = {}): QueueDefinition {
  return {
    name,
    lockDuration: 'PT1M',
    maxDeliveryCount: 3,
    requiresDuplicateDetection: false,
    duplicateDetectionHistoryTimeWindow: 'PT10M',
    defaultMessageTimeToLive: 'P14D',
    deadLetteringOnMessageExpiration: true,
    ...more,
  };
}

/** Waits for a condition instead of for a time. */
export async function until(isMet: () => boolean, deadline = Date.now() + 10_000): Promise<void> {
  while (!isMet()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${isMet}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
