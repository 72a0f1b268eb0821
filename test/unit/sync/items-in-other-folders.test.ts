import { expect, test } from '@jest/globals';
import { engineStory, hours, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

/** A synced appointment that its user has put into another folder, where no feed tells of it; `looks` counts the reads. */
async function putAside() {
  let looks = 0;
  const story = await engineStory({
    watch: {
      before: ({ port, method }) => {
        if (port === 'exchange' && method === 'readItems') looks += 1;
      },
    },
  });
  const { id } = story.crm.control.create({ subject: 'Visit' });
  await story.announced();
  await story.run(2 * minutes);
  const [item] = story.calendar();
  if (item === undefined) throw new Error('no item was made');
  const moved = story.exchange.control.userMoves(rep1, item.itemId, 'elsewhere');
  await story.run(5 * minutes);
  const looksWithin = async (ms: number) => {
    const before = looks;
    await story.run(ms);
    return looks - before;
  };
  return { ...story, id, itemId: moved.itemId, looksWithin };
}

test('an item in another folder is looked at less and less often', async () => {
  const story = await putAside();
  const first = await story.looksWithin(2 * hours);
  expect(first).toBeGreaterThan(2);
  expect(first).toBeLessThan(7);
  expect(await story.looksWithin(22 * hours)).toBeLessThan(6);
  expect(await story.looksWithin(48 * hours)).toBeLessThan(4);
}, 60_000);

test('its end is found all the same, within a day', async () => {
  const story = await putAside();
  await story.run(30 * hours);
  story.exchange.control.userDeletes(rep1, story.itemId);
  await story.run(25 * hours);
  expect(story.crm.control.record(story.id)).toBeUndefined();
}, 60_000);

test('a change in the CRM reaches it there, and it is then looked at often again', async () => {
  const story = await putAside();
  await story.run(30 * hours);
  story.crm.control.update(story.id, { subject: 'Moved visit' });
  await story.announced();
  expect(story.calendar()).toMatchObject([{ subject: 'Moved visit', place: 'elsewhere' }]);
  story.exchange.control.userDeletes(rep1, story.itemId);
  await story.run(21 * minutes);
  expect(story.crm.control.record(story.id)).toBeUndefined();
}, 60_000);
