import { searchHistories } from './histories.ts';

/** Many histories outside of jest: `npm run test:long`. Stops at the first that breaks an invariant. */
const total = Number(process.env['PROPERTY_RUNS'] ?? 1_000_000);
const first = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);
const batch = Number(process.env['PROPERTY_BATCH'] ?? 500);
const began = Date.now();

for (let done = 0, seed = first; done < total; seed = (seed + 1) % 2 ** 31) {
  const { runs, failure } = await searchHistories(seed, Math.min(batch, total - done));
  done += runs;
  if (failure !== undefined) {
    console.error(`after ${done} histories, with seed ${failure.seed}:\n${failure.text}\n`);
    console.error(`steps: ${JSON.stringify(failure.steps)}\nconditions: ${JSON.stringify(failure.conditions)}`);
    process.exit(1);
  }
  const seconds = (Date.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  const cost = ((user + system) / 1000 / done).toFixed(1);
  console.log(
    `${done} of ${total} histories, seed ${seed}, ${(done / seconds).toFixed(0)} a second, ${cost} ms of CPU each, 0 violations`,
  );
}
