import { RestError } from '@azure/data-tables';
import { expect, test } from '@jest/globals';
import { tellingUnavailable } from '../../../shared/adapters/azure/unavailable-stores.ts';
import { StoreUnavailable } from '../../../shared/ports/stored.ts';

const storeThat = (error: Error | undefined) =>
  tellingUnavailable('the rows', {
    name: 'rows',
    async find() {
      if (error !== undefined) throw error;
      return 'found';
    },
    async *list() {
      yield 'first';
      if (error !== undefined) throw error;
    },
  });
const all = async (values: AsyncIterable<string>) => {
  const read: string[] = [];
  for await (const value of values) read.push(value);
  return read;
};
const restError = (statusCode?: number) => new RestError('no', statusCode === undefined ? {} : { statusCode });

test.each([undefined, 408, 429, 500, 503])(
  'storage that answers %s is unavailable, to a find and in the midst of a list',
  async (status) => {
    const store = storeThat(restError(status));
    await expect(store.find()).rejects.toThrow(StoreUnavailable);
    await expect(all(store.list())).rejects.toThrow(StoreUnavailable);
  },
);

test.each([restError(400), restError(403), new Error('a fault of ours')])('%s is no outage', async (error) => {
  const store = storeThat(error);
  await expect(store.find()).rejects.toBe(error);
  await expect(all(store.list())).rejects.toBe(error);
});

test('what a store answers passes through', async () => {
  const store = storeThat(undefined);
  expect([store.name, await store.find(), await all(store.list())]).toEqual(['rows', 'found', ['first']]);
});
