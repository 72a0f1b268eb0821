import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { minutes } from '../support/engine-story.ts';
import { rep1 } from '../support/engine-world.ts';
import { type JobStory, jobStory } from '../support/job-story.ts';
import { propertySeed } from '../support/property-seed.ts';
import { allDay, anyAct, live, timeOf } from '../support/unheard-acts.ts';

const seed = propertySeed;
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 60);

/** Neither webhook nor feed tells of anything, and the mailbox's cursors are new: what happened is not in what they list. */
async function loseAll(story: JobStory): Promise<void> {
  const { deps } = story.worker;
  Object.assign(deps, {
    crm: new Proxy(deps.crm, {
      get: (port, name) =>
        name === 'listChanges' ? async () => ({ changes: [], watermark: '0', more: false }) : Reflect.get(port, name),
    }),
    exchange: new Proxy(deps.exchange, {
      get: (port, name) =>
        name === 'listChanges'
          ? async () => ({ changes: [], syncState: 'none', more: false })
          : Reflect.get(port, name),
    }),
  });
}

const subjectsOf = (story: JobStory) => {
  const active = story.crm.control
    .records()
    .filter(({ status, ownerId }) => status !== 'cancelled' && ownerId === 'rep1');
  const inCrm = active
    .filter((record) => !record.allDay)
    .map(({ subject, location, start }) => `${subject} ${location} ${start}`);
  // What lies in another folder and was never synced is nobody's business.
  const seen = story.calendar(rep1).filter(({ place, stamp }) => place === 'folder' || stamp !== undefined);
  const inExchange = seen.map(({ subject, location, start }) => `${subject} ${location} ${start}`);
  return { inCrm: inCrm.sort(), inExchange: inExchange.sort() };
};

describe(`a sweep (seed ${seed})`, () => {
  test(
    'brings both sides together whatever nobody told of, and the next one finds nothing',
    async () => {
      const property = fc.asyncProperty(fc.array(anyAct, { minLength: 1, maxLength: 10 }), async (acts) => {
        const story = await jobStory({
          profile: { syncAllDayTasks: true },
          mailbox: { syncAllDayTasks: true, syncContacts: true },
        });
        for (let count = 0; count < 4; count++)
          story.crm.control.create({ subject: `Pair ${count}`, location: '', ...timeOf(2_000 + count) });
        story.crm.control.create({ subject: '', description: 'A task', ...allDay });
        await story.announced();
        await story.run(30 * minutes);
        await loseAll(story);
        for (const one of acts) {
          await story.clock.advance(1_000);
          live(story, one);
        }
        await story.done('sweep', {}, 40 * minutes);
        const { inCrm, inExchange } = subjectsOf(story);
        expect(inExchange).toEqual(inCrm);
        expect(await story.failures()).toEqual([]);
        const sent = story.changes.sent().length;
        expect((await story.alone('sweep')).counts).toMatchObject({ news: 0 });
        expect(story.changes.sent()).toHaveLength(sent);
      });
      await fc.assert(property, { numRuns, seed });
    },
    Math.max(120_000, numRuns * 500),
  );
});
