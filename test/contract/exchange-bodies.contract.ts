import { describe, expect, test } from '@jest/globals';
import type { ItemKind } from '../../shared/domain/item.ts';
import { notesOf } from '../../shared/domain/links-block.ts';
import { type ExchangeUnderTest, hands, valueIn } from './exchange-under-test.ts';

const links = { activity: 'https://crm.example/a/1?x=y&z=1', individual: 'https://crm.example/i/1' };
const others = { activity: 'https://crm.example/a/2' };
const joinUrl = 'https://teams.example/l/meetup-join/19%3ameeting_abc?p=1&q=2';

/** What a write of ours does to a body. */
export function describeBodies(under: () => ExchangeUnderTest): void {
  describe.each(['appointment', 'task', 'contact'] as const satisfies ItemKind[])('the body of a %s', (kind) => {
    const { createOne, readOne, updateOne } = hands(kind, under);
    const read = async (item: { itemId: Parameters<typeof readOne>[0] }) => valueIn(await readOne(item.itemId));

    test('holds the notes and the block of links', async () => {
      const item = await createOne('r-1', { body: { notes: 'Agenda\n\n  and more', links } });
      const { bodyText, richBody } = await read(item);
      expect({ notes: notesOf(bodyText), richBody }).toEqual({ notes: 'Agenda\n\n  and more', richBody: false });
      expect(bodyText).toContain(`Activity: ${links.activity}\nIndividual: ${links.individual}`);
    });

    test('gets other notes and other links without being read', async () => {
      const item = await createOne('r-1', { body: { notes: 'Agenda', links } });
      valueIn(await updateOne(item, { kind, body: { notes: 'Minutes', links: others } }));
      const { bodyText } = await read(item);
      expect(notesOf(bodyText)).toBe('Minutes');
      expect(bodyText).toContain(`Activity: ${others.activity}`);
      expect(bodyText).not.toContain('Individual');
    });

    test('keeps its notes when only the links change, and its links when only the notes change', async () => {
      const item = await createOne('r-1', { body: { notes: 'Agenda', links } });
      const was = (await read(item)).rawBody ?? '';
      const changed = valueIn(await updateOne(item, { kind, body: { links: others, was } }));
      const relinked = await read(item);
      expect(notesOf(relinked.bodyText)).toBe('Agenda');
      expect(relinked.bodyText).toContain(others.activity);
      expect(relinked.bodyText).not.toContain(links.activity);
      valueIn(await updateOne(changed, { kind, body: { notes: 'Minutes', was: relinked.rawBody ?? '' } }));
      const renoted = await read(item);
      expect(notesOf(renoted.bodyText)).toBe('Minutes');
      expect(renoted.bodyText).toContain(others.activity);
    });

    test('gets its first links, and loses the last', async () => {
      const item = await createOne('r-1', { body: { notes: 'Agenda', links: {} } });
      const before = await read(item);
      expect(before.bodyText).toBe('Agenda');
      const changed = valueIn(await updateOne(item, { kind, body: { links, was: before.rawBody ?? '' } }));
      const linked = await read(item);
      expect([notesOf(linked.bodyText), linked.bodyText.includes(links.activity)]).toEqual(['Agenda', true]);
      valueIn(await updateOne(changed, { kind, body: { links: {}, was: linked.rawBody ?? '' } }));
      expect((await read(item)).bodyText).toBe('Agenda');
    });
  });

  describe('the body of an appointment that a person worked on', () => {
    const { createOne, readOne, updateOne } = hands('appointment', under);
    const read = async (item: { itemId: Parameters<typeof readOne>[0] }) => valueIn(await readOne(item.itemId));

    test('is rich when it is formatted, and stays so when only the links change', async () => {
      const formatted = await under().user.formats(await createOne('r-1'), 'Bring the contract');
      const before = await read(formatted);
      expect([before.bodyText, before.richBody]).toEqual(['Bring the contract', true]);
      valueIn(await updateOne(formatted, { body: { links, was: before.rawBody ?? '' } }));
      const after = await read(formatted);
      expect([notesOf(after.bodyText), after.richBody]).toEqual(['Bring the contract', true]);
      expect(after.bodyText).toContain(links.activity);
    });

    test('keeps its online meeting whatever we write, and its address is no part of the text', async () => {
      const made = await createOne('r-1', { body: { notes: 'Agenda', links } });
      const online = await under().user.addsOnlineMeeting(made, joinUrl);
      const before = await read(online);
      expect([notesOf(before.bodyText), before.richBody]).toEqual(['Agenda', true]);
      expect(before.bodyText).not.toContain('meetup-join');
      const body = { notes: 'Minutes', links: others, was: before.rawBody ?? '' };
      const changed = valueIn(await updateOne(online, { body }));
      const after = await read(changed);
      expect([notesOf(after.bodyText), after.richBody]).toEqual(['Minutes', true]);
      expect(after.rawBody).toContain('meetup-join');
      valueIn(await updateOne(changed, { body: { links: {}, was: after.rawBody ?? '' } }));
      const last = await read(changed);
      expect([last.bodyText, last.rawBody?.includes('meetup-join')]).toEqual(['Minutes', true]);
    });
  });
}
