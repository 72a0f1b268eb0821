import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { releaseQuarantine } from '../../shared/admin/release-quarantine.ts';
import { canonicalLine } from '../../shared/domain/canonical-text.ts';
import { type EngineStory, engineStory, hours, minutes } from '../support/engine-story.ts';
import { contoso, rep1, rep2 } from '../support/engine-world.ts';
import { propertySeed } from '../support/property-seed.ts';
import { perform, shortHistory } from '../support/short-history.ts';

const seed = propertySeed;
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 60);
const boxes = [rep1, rep2].map((mailboxId) => ({ organizationId: contoso, mailboxId }));

const both = ({ records, calendar }: EngineStory) => {
  const open = records().filter(({ status }) => status !== 'cancelled');
  const inCrm = open.map(({ id, ownerId, subject, location }) => [
    id,
    `mailbox-${ownerId}`,
    canonicalLine(subject),
    location,
  ]);
  const inExchange = [rep1, rep2].flatMap((mailbox) =>
    calendar(mailbox).map(({ stamp, subject, location }) => [stamp?.recordId, mailbox, subject, location]),
  );
  return { inCrm: inCrm.map(String).sort(), inExchange: inExchange.map(String).sort() };
};

test(`whatever a brake stopped is there once it is released (seed ${seed})`, async () => {
  let stopped = 0;
  const tight = fc.record({
    deletions: fc.constantFrom(1, 2),
    writesPerItem: fc.constantFrom(1, 2),
    deletionsPercent: fc.constant(1),
    mails: fc.constant(1),
    errorPercent: fc.constant(50),
  });
  const longHistory = fc.array(shortHistory, { minLength: 1, maxLength: 4, size: 'max' }).map((all) => all.flat());
  const property = fc.asyncProperty(longHistory, tight, async (steps, brakes) => {
    const story = await engineStory({ profile: { brakes } });
    await story.run(minutes);
    for (const { do: what, at, value } of steps) await perform(story, what, at, value);
    await story.announced();
    await story.run(10 * minutes);
    for (let turn = 0; turn < 40; turn++) {
      const standing = (await Promise.all(boxes.map((box) => story.stores.brakes.listActive(box)))).flat();
      if (standing.length === 0) break;
      stopped += standing.length;
      for (const { value } of standing) {
        const box = { organizationId: value.organizationId, mailboxId: value.mailboxId };
        await releaseQuarantine(story.worker.deps, box, value.id, 'admin');
      }
      await story.run(turn % 3 === 2 ? hours : 2 * minutes);
    }
    expect([await story.held(), await story.failures()]).toEqual([[], []]);
    const { inCrm, inExchange } = both(story);
    expect(inExchange).toEqual(inCrm);
  });
  await fc.assert(property, { numRuns, seed });
  expect(stopped).toBeGreaterThan(numRuns / 10);
}, 240_000);
