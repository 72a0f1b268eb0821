import { expect, test } from '@jest/globals';
import { decideReview } from '../../../shared/admin/decide-review.ts';
import { hours, minutes } from '../../support/engine-story.ts';
import { contoso, rep1 } from '../../support/engine-world.ts';
import { type JobStory, jobStory } from '../../support/job-story.ts';

const key = { organizationId: contoso, mailboxId: rep1 };
const at = (hour: number) => ({
  start: new Date(Date.parse('2026-02-02T08:00:00.000Z') + hour * hours).toISOString(),
  end: new Date(Date.parse('2026-02-02T09:00:00.000Z') + hour * hours).toISOString(),
});

async function doubtful(options: Parameters<typeof jobStory>[0] = {}): Promise<JobStory> {
  const story = await jobStory(options);
  story.crm.control.create({ subject: 'Call', location: '', description: 'from the CRM', ...at(0) });
  story.exchange.control.userCreates(rep1, { subject: 'Call', bodyText: 'from Outlook', ...at(3) });
  await story.done('firstSync', {}, 10 * minutes);
  return story;
}

const decide = async (story: JobStory, decision: 'same' | 'different', nth = 0) => {
  const pair = (await story.reviews())[nth];
  const result = await decideReview(story.worker.deps, key, pair?.id ?? '', decision, 'admin-1');
  await story.run(10 * minutes);
  return result;
};

test('decided to be the same, both are linked and merged', async () => {
  const story = await doubtful();
  expect(await decide(story, 'same')).toEqual({ outcome: 'decided' });
  expect([story.records().length, story.calendar().length]).toEqual([1, 1]);
  expect(story.calendar()).toMatchObject([{ ...at(0), bodyText: 'from the CRM' }]);
  expect(await story.reviews()).toEqual([]);
  expect(story.exchange.control.mails).toEqual([]);
});

test('decided to be different, each gets its counterpart', async () => {
  const story = await doubtful();
  expect(await decide(story, 'different')).toEqual({ outcome: 'decided' });
  expect([story.records().length, story.calendar().length]).toEqual([2, 2]);
  const job = await story.done('firstSync', {}, 10 * minutes);
  expect(job.counts).toMatchObject({ matched: 0, doubtful: 0 });
});

test('one decision for the same decides the other pairs of both', async () => {
  const story = await jobStory();
  for (let copy = 0; copy < 2; copy++) {
    story.crm.control.create({ subject: 'Jour fixe', location: '', ...at(0) });
    story.exchange.control.userCreates(rep1, { subject: 'Jour fixe', ...at(0) });
  }
  await story.done('firstSync', {}, 10 * minutes);
  await decide(story, 'same');
  expect(await story.reviews()).toHaveLength(1);
  await decide(story, 'same');
  expect(await story.reviews()).toEqual([]);
  expect([story.records().length, story.calendar().length]).toEqual([2, 2]);
  expect(await story.liveMappings()).toHaveLength(2);
});

test('a pair of which one is gone cannot be the same', async () => {
  const story = await doubtful();
  story.exchange.control.userDeletes(rep1, story.calendar()[0]?.itemId as never);
  expect(await decide(story, 'same')).toMatchObject({ outcome: 'refused' });
  expect(await decide(story, 'different')).toEqual({ outcome: 'decided' });
  expect([story.records().length, story.calendar().length]).toEqual([1, 1]);
});

test('a pair of which one is gone is off the list with the next sweep, and the other goes its own way', async () => {
  const story = await doubtful();
  story.exchange.control.userMoves(rep1, story.calendar()[0]?.itemId as never, 'elsewhere');
  await story.done('sweep', {}, 10 * minutes);
  expect(await story.reviews()).toEqual([]);
  expect(story.calendar().filter(({ place }) => place === 'folder')).toHaveLength(1);
});

test('a decision that died half-way is carried out when it is made again', async () => {
  for (let death = 0; death < 100; death++) {
    const story = await doubtful();
    const [pair] = await story.reviews();
    const mortal = story.process({ at: death, calls: 0, dead: false });
    await decideReview(mortal.deps, key, pair?.id ?? '', 'same', 'admin-1').catch(() => undefined);
    await decideReview(story.worker.deps, key, pair?.id ?? '', 'same', 'admin-1');
    await story.run(10 * minutes);
    expect({ death, counts: [story.records().length, story.calendar().length] }).toEqual({ death, counts: [1, 1] });
    expect(await story.reviews()).toEqual([]);
    expect(await story.liveMappings()).toHaveLength(1);
    if (!mortal.fate.dead) return;
  }
  throw new Error('the decision never came to its end');
}, 30_000);

test('what was decided is not decided otherwise', async () => {
  const story = await doubtful();
  const [pair] = await story.reviews();
  await decide(story, 'different');
  expect(await decideReview(story.worker.deps, key, pair?.id ?? '', 'same', 'admin-1')).toMatchObject({
    outcome: 'refused',
  });
});
