import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const cells = readFileSync('docs/features.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split(' | ').at(-1) ?? '');

/** What a row names: whole paths, and names of files in the folder of the one before. */
const patterns = cells.flatMap((cell) => {
  let folder = '';
  return [...cell.matchAll(/`([^` ]+(?:\.ts|\/))`/g)].map(([, name = '']) => {
    const whole = name.includes('/') ? name : path.join(folder, name);
    folder = whole.endsWith('/') ? whole : path.dirname(whole);
    return whole;
  });
});

test('every path in the table of features leads to a file', () => {
  expect(patterns.length).toBeGreaterThan(100);
  expect(patterns.filter((pattern) => globSync(pattern).length === 0)).toEqual([]);
});

test('every test of the engine, its journeys, properties and contracts stands in the table of features', () => {
  const named = new Set(patterns.flatMap((pattern) => globSync(pattern)).map((file) => path.normalize(file)));
  const folders = '{journey,property,contract,mutants,unit/{sync,failure-modes,admin,functions,build}}';
  const tests = globSync(`test/${folders}/*.{test,contract}.ts`);
  expect(tests.length).toBeGreaterThan(100);
  expect(tests.filter((file) => !named.has(path.normalize(file)))).toEqual([]);
});

test('the tests of a failure mode begin with its number', () => {
  const rows = readFileSync('docs/features.md', 'utf8').matchAll(/^\| (\d+) \| .* \| `(test\/\S+\.test\.ts)` \|$/gm);
  const missing = [...rows].filter(
    ([, number = '', file = '']) => !new RegExp(`['"\`]${number} \\S`).test(readFileSync(file, 'utf8')),
  );
  expect(missing.map(([row]) => row)).toEqual([]);
});
