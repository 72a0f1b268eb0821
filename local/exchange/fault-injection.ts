import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { sameAddress } from './mailbox-directory.ts';

/** A failure to be played: for which requests, what is answered, how often. */
export const InjectedFault = z.strictObject({
  match: z.strictObject({ operation: z.string().optional(), mailbox: z.string().optional() }).default({}),
  answer: z
    .strictObject({
      /** An HTTP status instead of an answer, with `body` as it is. */
      status: z.number().int().min(100).max(599).optional(),
      body: z.string().optional(),
      headers: z.record(z.string(), z.string()).optional(),
      /** A SOAP fault with this code. */
      responseCode: z.string().optional(),
      /** One response message with this code, for the whole batch. */
      responseMessageCode: z.string().optional(),
      backOffMilliseconds: z.number().int().nonnegative().optional(),
      delayMs: z.number().int().nonnegative().optional(),
      /** Destroys the connection: before anything is done, or after it is done. */
      cut: z.enum(['before', 'after']).optional(),
    })
    .refine((answer) => Object.keys(answer).length > 0, 'must say what happens'),
  /** How many requests it meets; without it, every one until it is removed. */
  times: z.number().int().positive().optional(),
});
export type InjectedFault = z.infer<typeof InjectedFault>;
export type FaultAnswer = InjectedFault['answer'];

export interface FaultInjection {
  add(fault: InjectedFault): string;
  list(): readonly (InjectedFault & { id: string })[];
  remove(id?: string): void;
  /** The answer of the first fault that matches; it counts as met. */
  meet(operation: string | undefined, mailbox: string | undefined): FaultAnswer | undefined;
}

export function faultInjection(): FaultInjection {
  let faults: (InjectedFault & { id: string })[] = [];
  const matches = ({ match }: InjectedFault, operation: string | undefined, mailbox: string | undefined) =>
    (match.operation === undefined || match.operation === operation) &&
    (match.mailbox === undefined || (mailbox !== undefined && sameAddress(match.mailbox, mailbox)));
  return {
    add(fault) {
      const id = randomUUID();
      faults.push({ ...fault, id });
      return id;
    },
    list: () => faults,
    remove(id) {
      faults = id === undefined ? [] : faults.filter((fault) => fault.id !== id);
    },
    meet(operation, mailbox) {
      const met = faults.find((fault) => matches(fault, operation, mailbox));
      if (met?.times !== undefined) {
        met.times -= 1;
        if (met.times === 0) faults = faults.filter((fault) => fault !== met);
      }
      return met?.answer;
    },
  };
}
