import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JournalEntry } from '../../../shared/domain/journal-entry.ts';
import type { Outcome } from '../../../shared/domain/outcome.ts';
import type { Image } from '../../../shared/sync/safety/image.ts';
import { wordsIn } from '../../support/canary.ts';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { contoso, engineWorld, type PortCall, ProcessDied, rep1, rep2 } from '../../support/engine-world.ts';
import { propertySeed } from '../../support/property-seed.ts';
import { perform, shortHistory } from '../../support/short-history.ts';

const boxes = [rep1, rep2].map((mailboxId) => ({ organizationId: contoso, mailboxId }));
const [box] = boxes as [(typeof boxes)[number]];

/** Counts what really was written, as the other systems see it. */
function writesSeen() {
  const counts: Record<string, number> = {};
  const operations = new Set<unknown>();
  const add = (what: string, by: number) => {
    if (by > 0) counts[what] = (counts[what] ?? 0) + by;
  };
  const after = ({ port, method, input }: PortCall, output: unknown) => {
    const succeeded = () => (output as Outcome<unknown>[]).filter(({ ok }) => ok).length;
    if (port === 'exchange' && method === 'createItems') add('exchange created', succeeded());
    if (port === 'exchange' && method === 'updateItems') add('exchange updated', succeeded());
    if (port === 'exchange' && method === 'deleteItems') add('exchange deleted', succeeded());
    if (port === 'crm' && method === 'createRecord' && !operations.has(input[2])) add('crm created', 1);
    if (port === 'crm' && method === 'createRecord') operations.add(input[2]);
    if (port === 'crm' && method === 'updateRecord') add('crm updated', 1);
    if (port === 'crm' && method === 'deleteRecord') add('crm deleted', 1);
  };
  return { counts, after };
}

type Journal = Awaited<ReturnType<typeof engineWorld>>['stores']['journal'];
const entriesOf = async (journal: Journal): Promise<JournalEntry[]> => {
  const pages = await Promise.all(boxes.map((one) => journal.list(one, { limit: 10_000 })));
  return pages.flatMap(({ entries }) => entries);
};

function doneIn(entries: readonly JournalEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { side, act, state } of entries) {
    const what = `${side} ${act === 'stamped' ? 'updated' : act}`;
    if (state === 'done') counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

const seed = propertySeed;

test(`each write that was done stands once in the journal as done, whatever happened (seed ${seed})`, async () => {
  const property = fc.asyncProperty(
    shortHistory,
    fc.constantFrom('crm-wins', 'exchange-wins', 'newest-wins'),
    fc.boolean(),
    async (steps, conflictPolicy, undo) => {
      const { counts, after } = writesSeen();
      const story = await engineStory({ profile: { conflictPolicy, undo }, watch: { after } });
      await story.run(minutes);
      for (const { do: what, at, value } of steps) await perform(story, what, at, value);
      await story.announced();
      await story.run(10 * minutes);
      const entries = await entriesOf(story.stores.journal);
      expect(doneIn(entries)).toEqual(counts);
      expect(entries.filter(({ state }) => state === 'begun')).toEqual([]);
    },
  );
  await fc.assert(property, { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 60), seed });
}, 120_000);

test('no word of what people write and no address is in what any store is given', async () => {
  const given: string[] = [];
  const before = ({ port, method, input }: PortCall) => {
    const isSealed = port === 'images' && method === 'save';
    const other = port === 'exchange' || port === 'crm' || port === 'directory' || port === 'secrets';
    if (!isSealed && !other) given.push(`${port}.${method} ${JSON.stringify(input)}`);
  };
  const story = await engineStory({ profile: { undo: true, notifyPolicy: 'all' }, watch: { before } });
  await story.run(minutes);
  const words = ['Marmalade', 'Quicksilver', 'Zanzibar', 'kumquat@fabrikam.example', 'Tangerine'];
  const attendees = [
    { email: 'kumquat@fabrikam.example', name: 'Tangerine', role: 'required', response: 'none' },
  ] as const;
  const record = story.crm.control.create({
    subject: 'Marmalade',
    description: 'Quicksilver',
    attendees: [...attendees],
  });
  story.exchange.control.userCreates(rep1, { subject: 'Quicksilver', bodyText: 'Marmalade', location: 'Zanzibar' });
  await story.announced();
  await story.run(2 * minutes);
  story.crm.control.update(record.id, { subject: 'Marmalade again', location: 'Zanzibar' });
  for (const { itemId } of story.calendar()) story.exchange.control.userEdits(rep1, itemId, { subject: 'Tangerine' });
  await story.announced();
  await story.run(2 * minutes);
  for (const { id } of story.records()) story.crm.control.delete(id);
  await story.announced();
  expect(story.calendar()).toEqual([]);
  expect(given.some((call) => call.startsWith('journal.append'))).toBe(true);
  expect(given.filter((call) => wordsIn(Buffer.from(call), words).length > 0)).toEqual([]);
});

test('an entry says who wrote what, where and why, and how many people outside got mail', async () => {
  const story = await engineStory({ profile: { notifyPolicy: 'all' } });
  const attendees = ['a@fabrikam.example', 'b@fabrikam.example'].map(
    (email) => ({ email, name: '', role: 'required', response: 'none' }) as const,
  );
  const { id } = story.crm.control.create({ attendees });
  await story.announced();
  const [entry] = await entriesOf(story.stores.journal);
  expect(entry).toMatchObject({
    ...box,
    ...{ side: 'exchange', act: 'created', kind: 'appointment', recordId: id, why: 'crmChange', by: 'engine' },
    ...{ state: 'done', notified: 2, itemId: story.calendar()[0]?.itemId, before: {} },
  });
  expect(Object.keys(entry?.after ?? {})).toEqual(expect.arrayContaining(['subject', 'time', 'attendees']));
});

test('an item that leaves with its record, and a record that a user deletes in Outlook, say so', async () => {
  const story = await engineStory();
  await story.run(minutes);
  const gone = story.crm.control.create({});
  const moved = story.crm.control.create({});
  await story.announced();
  await story.run(minutes);
  story.crm.control.update(moved.id, { ownerId: 'rep2' as never });
  const item = story.calendar().find(({ stamp }) => stamp?.recordId === gone.id);
  story.exchange.control.userDeletes(rep1, item?.itemId as never);
  await story.announced();
  await story.run(2 * minutes);
  const deletions = (await entriesOf(story.stores.journal)).filter(({ act }) => act === 'deleted');
  expect(deletions.map(({ side, why, recordId }) => `${side} ${why} ${recordId}`).sort()).toEqual([
    `crm exchangeChange ${gone.id}`,
    `exchange leave ${moved.id}`,
  ]);
});

describe('images', () => {
  const conflict = async (profile: Record<string, unknown>) => {
    const story = await engineStory({ profile });
    await story.run(minutes);
    const { id } = story.crm.control.create({ subject: 'Agreed', location: 'Here' });
    await story.announced();
    await story.run(minutes);
    story.crm.control.update(id, { subject: 'CRM says' });
    story.exchange.control.userEdits(rep1, story.calendar()[0]?.itemId as never, {
      subject: 'Outlook says',
      location: 'There',
    });
    await story.announced();
    await story.run(minutes);
    const entries = (await entriesOf(story.stores.journal)).filter(({ act }) => act === 'updated');
    const images = await Promise.all(
      entries.map(async ({ side, why, imageName }) => {
        const text = imageName && (await story.stores.images.read(box, imageName, 'a key'));
        return { side, why, image: text ? (JSON.parse(text) as Image) : undefined };
      }),
    );
    return images.filter(({ image }) => image !== undefined);
  };

  test('keep the value that lost a conflict, and nothing else', async () => {
    expect(await conflict({})).toEqual([
      {
        side: 'exchange',
        why: 'conflict',
        image: expect.objectContaining({ value: { kind: 'appointment', subject: 'Outlook says' } }),
      },
    ]);
    expect(await conflict({ conflictPolicy: 'exchange-wins' })).toEqual([
      {
        side: 'crm',
        why: 'conflict',
        image: expect.objectContaining({ value: { kind: 'activity', subject: 'CRM says' } }),
      },
    ]);
  });

  test('keep all of what was there where the profile wants to undo, read for it where it was not', async () => {
    const images = await conflict({ undo: true });
    expect(new Set(images.map(({ side }) => side))).toEqual(new Set(['crm', 'exchange']));
    for (const { image } of images) expect(image).toMatchObject({ whole: true, value: { start: expect.any(String) } });
    const story = await engineStory({ profile: { undo: true } });
    const { id } = story.crm.control.create({ subject: 'First' });
    await story.announced();
    story.crm.control.update(id, { subject: 'Second' });
    await story.announced();
    const entry = (await entriesOf(story.stores.journal)).find(({ act }) => act === 'updated');
    const text = await story.stores.images.read(box, entry?.imageName ?? '', 'a key');
    expect(JSON.parse(text ?? '')).toMatchObject({ value: { kind: 'appointment', subject: 'First' } });
  });
});

test('dying anywhere in a write leaves the journal at begun at worst, and the next run ends it', async () => {
  const outcomes = new Set<string>();
  for (let at = 0; at < 60; at++) {
    const world = await engineWorld({});
    const { id } = world.crm.control.create();
    await world.announceCrmChanges();
    await world.drain(world.process());
    world.crm.control.update(id, { subject: 'Second' });
    await world.announceCrmChanges();
    const change = world.changes.take();
    if (change === undefined) throw new Error('no change was announced');
    try {
      await world.process({ at, calls: 0, dead: false }).handleChange(change);
    } catch (error) {
      if (!(error instanceof ProcessDied)) throw error;
      await world.process().handleChange(change);
    }
    const updates = (await entriesOf(world.stores.journal)).filter(({ act }) => act === 'updated');
    outcomes.add(
      updates
        .map(({ state }) => state)
        .sort()
        .join(' '),
    );
    expect(world.exchange.control.items(rep1)).toMatchObject([{ subject: 'Second' }]);
  }
  // Died before the write; after it, or after it was noted: the next run reads both sides and has nothing to write; or not in it.
  expect([...outcomes].sort()).toEqual(['begun', 'begun done', 'done']);
});
