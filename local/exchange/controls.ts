import { type FaultInjection, faultInjection } from './fault-injection.ts';

/** What a test steers and watches, beside the mailboxes; it is gone with the process. */
export interface Controls {
  faults: FaultInjection;
  delayMs: number;
  /** Requests by operation since the last reset. */
  requests: Map<string, number>;
}

export function newControls(delayMs: number): Controls {
  return { faults: faultInjection(), delayMs, requests: new Map() };
}
