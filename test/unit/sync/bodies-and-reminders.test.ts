import { beforeEach, expect, test } from '@jest/globals';
import { type EngineStory, engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

let story: EngineStory;
beforeEach(async () => {
  story = await engineStory();
});

const item = () => story.calendar()[0];
const made = async (edit: Parameters<typeof story.crm.control.create>[0] = {}) => {
  const { id } = story.crm.control.create(edit);
  await story.announced();
  await story.run(2 * minutes);
  return id;
};

test('an activity that is completed no longer rings, and rings again when it is reopened', async () => {
  const id = await made();
  const rings: (boolean | undefined)[] = [item()?.reminderMinutes !== null];
  for (const status of ['completed', 'open'] as const) {
    story.crm.control.update(id, { status });
    await story.announced();
    rings.push(item()?.reminderMinutes !== null);
  }
  expect(rings).toEqual([true, false, true]);
});

test('a block of links whose end was damaged takes none of the text below it along', async () => {
  const id = await made({ description: 'Agenda' });
  const damaged = item()?.bodyText.replace(/—+$/, '— and below it: bring the contract') ?? '';
  expect(damaged).toContain('bring the contract');
  story.exchange.control.userEdits(rep1, item()?.itemId as never, { bodyText: damaged });
  await story.run(2 * minutes);
  expect(story.crm.control.record(id)?.description).toContain('bring the contract');
  story.crm.control.update(id, { links: { activity: 'https://crm.example/other' } });
  await story.announced();
  await story.run(2 * minutes);
  expect(item()?.bodyText).toContain('bring the contract');
  expect(item()?.bodyText).toContain('https://crm.example/other');
});

test('links that change leave the notes of the item as they are where notes go only to the CRM', async () => {
  story = await engineStory({ profile: { fieldDirections: { notes: 'toCrm' } } });
  const id = await made({ description: 'From the CRM' });
  const body = item()?.bodyText.replace('From the CRM', 'Written in Outlook') ?? '';
  story.exchange.control.userEdits(rep1, item()?.itemId as never, { bodyText: body });
  await story.run(2 * minutes);
  story.crm.control.update(id, { description: 'Again from the CRM', links: { activity: 'https://crm.example/other' } });
  await story.announced();
  await story.run(2 * minutes);
  expect(item()?.bodyText).toContain('Written in Outlook');
  expect(item()?.bodyText).not.toContain('Again from the CRM');
  expect(item()?.bodyText).toContain('https://crm.example/other');
});

test('an activity that changed while its item was being made half-way has an item with its links that does not ring', async () => {
  let adopted = 0;
  for (let at = 0; at < 60; at++) {
    story = await engineStory();
    const { id } = story.crm.control.create();
    await story.announceCrmChanges();
    const change = story.changes.take();
    if (change === undefined) throw new Error('no change was announced');
    const mortal = story.process({ at, calls: 0, dead: false });
    await mortal.handleChange(change).catch(() => story.changes.send([{ body: change }]));
    if (!mortal.fate.dead) break;
    adopted += item() === undefined ? 0 : 1;
    story.crm.control.update(id, { status: 'completed', links: { activity: 'https://crm.example/other' } });
    await story.run(10 * minutes);
    expect(story.calendar()).toMatchObject([
      { reminderMinutes: null, bodyText: expect.stringContaining('https://crm.example/other') },
    ]);
  }
  expect(adopted).toBeGreaterThan(0);
});
