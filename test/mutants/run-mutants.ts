import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Mutant, mutants } from './mutants.ts';
import { removeCopy, takeOut } from './take-out.ts';

/** Takes each guard out of a copy of the tree and looks whether the tests notice: `npm run test:mutants [part of a name]`. */
const run = promisify(execFile);
const root = path.join(import.meta.dirname, '..', '..');
const seed = process.env['PROPERTY_SEED'] ?? `${Date.now() % 2 ** 31}`;
const most = process.env['PROPERTY_RUNS'] ?? '10000';
const wanted = process.argv[2] ?? '';

interface Answer {
  readonly tried: number;
  readonly by?: string;
  readonly text?: string;
}

interface Result extends Answer {
  readonly mutant: Mutant;
  readonly seconds: number;
}

/** Searches in a copy of the tree, or in the tree itself. */
async function searchIn(directory: string, { search, focus }: Mutant, runs: string, from: string): Promise<Answer> {
  const file = path.join(directory, 'test/support/model/run-mutant.ts');
  const options = [search, seed, runs, from, ...(focus === undefined ? [] : [JSON.stringify(focus)])];
  const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...options]);
  return JSON.parse(stdout) as Answer;
}

async function examine(mutant: Mutant): Promise<Result> {
  const copy = takeOut(mutant);
  const began = Date.now();
  const answer = await searchIn(copy, mutant, most, '1');
  removeCopy(copy);
  const caught = `${answer.tried}`;
  // The very history that caught it must be fine where nothing is taken out, else it proves nothing.
  const isProof =
    answer.by === undefined ||
    mutant.search === 'plans' ||
    (await searchIn(root, mutant, caught, caught)).by === undefined;
  return { mutant, ...answer, ...(isProof ? {} : { by: 'the tree itself' }), seconds: (Date.now() - began) / 1000 };
}

const isCaught = ({ mutant, by }: Result) => by !== undefined && (mutant.breaks as readonly string[]).includes(by);

function line(result: Result): string {
  const { mutant, tried, by, seconds } = result;
  const verdict = isCaught(result) ? 'caught' : by === undefined ? 'SURVIVED' : 'caught by another';
  const what = mutant.search === 'plans' ? 'pairs' : 'histories';
  return `${verdict.padEnd(17)} ${(by ?? '').padEnd(6)} ${`${tried}`.padStart(6)} ${what.padEnd(9)} ${seconds.toFixed(0).padStart(4)} s  ${mutant.name}`;
}

const left = mutants.filter(({ name }) => name.includes(wanted));
const results: Result[] = [];
console.log(`${left.length} mutants, seed ${seed}`);
async function worker(): Promise<void> {
  for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
    const result = await examine(mutant);
    results.push(result);
    console.log(line(result));
    if (!isCaught(result) && result.text !== undefined) console.log(`    ${result.text}`);
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
// Caught by something else is no proof: perhaps the tree fails without it.
const survivors = results.filter((result) => !isCaught(result));
console.log(`${results.length - survivors.length} of ${results.length} mutants caught`);
process.exitCode = survivors.length === 0 ? 0 : 1;
