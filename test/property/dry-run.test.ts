import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JournalEntry } from '../../shared/domain/journal-entry.ts';
import type { PlanLine } from '../../shared/domain/plan-line.ts';
import { minutes } from '../support/engine-story.ts';
import { contoso, rep1 } from '../support/engine-world.ts';
import { type JobStory, jobStory } from '../support/job-story.ts';
import { propertySeed } from '../support/property-seed.ts';
import { allDay, anyAct, live, timeOf } from '../support/unheard-acts.ts';

/** What the plan says would be written, as the journal would say it. */
const planned = (lines: readonly PlanLine[]): string[] =>
  lines.flatMap(({ act: what, recordId, itemId, toItem = [], toRecord = [] }) => {
    switch (what) {
      case 'createItem':
        return [`exchange created ${recordId}`];
      case 'createRecord':
        return [`crm created ${itemId}`];
      case 'removeItem':
        return [`exchange deleted ${recordId}`];
      case 'removeRecord':
        return [`crm deleted ${recordId}`];
      case 'write':
      case 'match':
      case 'relink':
        return [
          ...(toItem.length > 0 ? [`exchange updated ${recordId} ${[...toItem].sort()}`] : []),
          ...(toRecord.length > 0 ? [`crm updated ${recordId} ${[...toRecord].sort()}`] : []),
        ];
      default:
        return [];
    }
  });

const written = (entries: readonly JournalEntry[]): string[] =>
  entries
    .filter(({ state, act: what }) => state === 'done' && what !== 'stamped')
    .map(({ side, act: what, recordId, itemId, fields }) => {
      if (what === 'created' && side === 'crm') return `crm created ${itemId}`;
      return what === 'updated' ? `${side} updated ${recordId} ${[...fields].sort()}` : `${side} ${what} ${recordId}`;
    });

async function journalOf(story: JobStory): Promise<JournalEntry[]> {
  const { entries } = await story.stores.journal.list({ organizationId: contoso, mailboxId: rep1 }, { limit: 10_000 });
  return entries;
}

const seed = propertySeed;
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 60);

describe(`a plan (seed ${seed})`, () => {
  test.each(['applyPlan', 'firstSync'] as const)(
    'says what is then written by %s, no more and no less',
    async (then) => {
      let spoken = 0;
      const property = fc.asyncProperty(
        fc.array(anyAct, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('crm-wins', 'exchange-wins', 'newest-wins'),
        async (acts, conflictPolicy) => {
          const story = await jobStory({
            profile: { conflictPolicy, syncAllDayTasks: true },
            mailbox: { syncAllDayTasks: true, syncContacts: true },
          });
          for (let count = 0; count < 4; count++)
            story.crm.control.create({ subject: `Pair ${count}`, location: '', ...timeOf(2_000 + count) });
          story.crm.control.create({ subject: '', description: 'A task', ...allDay });
          story.crm.control.createContact({ givenName: 'Grace', emails: ['grace@elsewhere.example'] });
          await story.announced();
          await story.run(30 * minutes);
          const before = new Set((await journalOf(story)).map(({ id }) => id));
          story.writes.length = 0;
          for (const one of acts) {
            await story.clock.advance(1_000);
            live(story, one);
          }
          const { id } = await story.alone('dryRun');
          expect(story.writes).toEqual([]);
          const lines = await story.plan(id);
          await story.done(then, then === 'applyPlan' ? { planId: id } : {}, 40 * minutes);
          const entries = (await journalOf(story)).filter((entry) => !before.has(entry.id));
          // What leaves the mailbox may be brought up to date before it goes: the news come in any order.
          const leaving = new Set(lines.flatMap(({ act: one, recordId }) => (one === 'removeItem' ? [recordId] : [])));
          const lasting = entries.filter(({ act: one, recordId }) => one !== 'updated' || !leaving.has(recordId));
          expect(written(lasting).sort()).toEqual(planned(lines).sort());
          spoken += lines.length;
        },
      );
      await fc.assert(property, { numRuns, seed });
      expect(spoken).toBeGreaterThan(numRuns);
    },
    Math.max(120_000, numRuns * 500),
  );
});
