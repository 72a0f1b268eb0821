import { describe, expect, test } from '@jest/globals';
import { PlainDate } from '../../shared/domain/plain-date.ts';
import { type ExchangeUnderTest, hands, valueIn } from './exchange-under-test.ts';

const date = (text: string) => PlainDate.parse(text);

export function describeTasks(under: () => ExchangeUnderTest): void {
  describe('a task', () => {
    const { stampOf, createOne, readOne, updateOne, listAll } = hands('task', under);

    test('is read back as it was created', async () => {
      const item = await createOne('r-1');
      expect(valueIn(await readOne(item.itemId))).toMatchObject({
        ...item,
        kind: 'task',
        subject: 'Visit r-1',
        bodyText: 'First line\nsecond line\n\nhttps://crm.example/records/1?a=b&c=d',
        richBody: false,
        dueDate: '2026-06-09',
        ...{ complete: false, recurring: false, private: false, categories: [] },
        stamp: stampOf('r-1'),
      });
    });

    test.each(['2026-01-01', '2026-03-29', '2026-10-25', '2028-02-29', '2031-12-31'])(
      'is due on %s whatever zone the mailbox is in',
      async (dueDate) => {
        const item = await createOne('r-1', { dueDate: date(dueDate) });
        expect(valueIn(await readOne(item.itemId)).dueDate).toBe(dueDate);
        valueIn(await updateOne(item, { dueDate: date('2026-06-10') }));
        expect(valueIn(await readOne(item.itemId)).dueDate).toBe('2026-06-10');
      },
    );

    test('is made complete', async () => {
      const item = await createOne('r-1', { complete: true });
      expect(valueIn(await readOne(item.itemId))).toMatchObject({ complete: true, dueDate: '2026-06-09' });
    });

    test('is completed and taken up again, and nothing else of it changes', async () => {
      const item = await createOne('r-1');
      const { changeKey: _changeKey, modifiedAt: _modifiedAt, ...before } = valueIn(await readOne(item.itemId));
      const completed = valueIn(await updateOne(item, { complete: true }));
      expect(valueIn(await readOne(item.itemId))).toMatchObject({ ...before, complete: true });
      valueIn(await updateOne(completed, { complete: false }));
      expect(valueIn(await readOne(item.itemId))).toMatchObject(before);
    });

    test('that the user made has no due date', async () => {
      const item = await under().user.creates({ kind: 'task', subject: 'Some day' });
      expect(valueIn(await readOne(item.itemId))).toMatchObject({ subject: 'Some day', stamp: undefined });
      expect(valueIn(await readOne(item.itemId)).dueDate).toBeUndefined();
    });

    test('is listed whatever the window, complete or not', async () => {
      await createOne('r-1', { dueDate: date('2020-01-01') });
      await createOne('r-2', { complete: true });
      const listed = await listAll({ from: '2026-06-01T00:00:00.000Z', to: '2026-06-02T00:00:00.000Z' });
      expect(listed.map(({ complete, dueDate }) => `${dueDate} ${complete}`).sort()).toEqual([
        '2020-01-01 false',
        '2026-06-09 true',
      ]);
    });
  });
}
