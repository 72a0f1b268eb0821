/** What must hold whatever happens. A failing history names the one that it broke. */
export const invariants = {
  I1: 'no acknowledged change is lost',
  I2: 'no duplicate, not even for a moment',
  I3: 'nothing unexpected: each record and item, and each deletion, goes back to what a person did',
  I4: 'no resurrection of what was deleted',
  I5: 'versions that were applied never fall',
  I6: 'no lost update: what one side alone changed arrives, what both changed is decided by the policy',
  I7: 'no echo: what one side did is written to the other once, and nothing comes back',
  I8: 'mail is sent at most once, and never without being asked for',
  I9: 'state after effect: a cursor moves on only when all that it passed is on the queue',
  I10: 'a brake stops mass deletion, loops of writes and floods of mail',
  I11: 'a tenant never reads or writes what is of another',
  I12: 'throttling, outages and expired tokens never make a failure',
  I13: 'each item of a batch has its own outcome',
  I14: 'no contents, addresses or secrets in logs, queues and tables',
  I15: 'both sides agree within three passes, and then nothing is written',
  I16: 'work is bounded, and the queues become empty',
  I17: 'a busy mailbox does not delay another',
  I18: 'the same seed gives the same trace',
} as const;
export type InvariantName = keyof typeof invariants;

/** Thrown when an invariant does not hold. */
export class Violation extends Error {
  readonly invariant: InvariantName;

  constructor(invariant: InvariantName, what: string) {
    super(`${invariant}, ${invariants[invariant]}: ${what}`);
    this.name = 'Violation';
    this.invariant = invariant;
  }
}

export function demand(invariant: InvariantName, holds: boolean, what: () => string): void {
  if (!holds) throw new Violation(invariant, what());
}
