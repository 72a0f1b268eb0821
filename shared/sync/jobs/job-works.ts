import { undoMailbox } from '../undo/undo-mailbox.ts';
import { applyPlan } from './apply-plan.ts';
import { dryRun } from './dry-run.ts';
import { firstSync } from './first-sync.ts';
import type { FirstSyncGate } from './first-sync-gate.ts';
import type { JobWorks } from './run-mailbox-job.ts';
import { sweepMailbox } from './sweep-mailbox.ts';

/** The jobs that there are, each with what does it. */
export const jobWorks = (gate: FirstSyncGate): JobWorks => ({
  applyPlan,
  dryRun,
  firstSync,
  sweep: sweepMailbox(gate),
  undo: undoMailbox,
});
