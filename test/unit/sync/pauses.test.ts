import { beforeEach, describe, expect, test } from '@jest/globals';
import { type EwsFailure, toEwsSyncError } from '../../../shared/adapters/ews/ews-errors.ts';
import { pausingInstead, secretMissing } from '../../../shared/adapters/secret-errors.ts';
import { SecretName } from '../../../shared/domain/organization.ts';
import type { SyncError } from '../../../shared/domain/sync-error.ts';
import { StoreUnavailable } from '../../../shared/ports/stored.ts';
import { type EngineStory, engineStory, hours, minutes } from '../../support/engine-story.ts';
import { contoso, rep1, rep2 } from '../../support/engine-world.ts';

let story: EngineStory;
beforeEach(async () => {
  story = await engineStory();
});

const exchangeFails = (failure: EwsFailure, ...mailboxes: (typeof rep1)[]) => {
  for (const mailbox of mailboxes) story.exchange.control.failsWith(mailbox, toEwsSyncError(failure, 'read'));
};
const exchangeRecovers = () => {
  for (const mailbox of [rep1, rep2]) story.exchange.control.failsWith(mailbox, undefined);
};

test('what waits for a disabled mailbox is not sent round when its profile goes on', async () => {
  exchangeFails({ kind: 'response', code: 'ErrorNonExistentMailbox' }, rep1);
  for (let made = 0; made < 150; made++) story.crm.control.create();
  await story.announced();
  expect(await story.held()).toHaveLength(150);
  await story.pauseProfile(30_000);
  const before = story.changes.sent().length;
  await story.clock.advance(40_000);
  await story.drain(story.worker);
  expect(story.changes.sent().length - before).toBeLessThan(5);
  expect(await story.held()).toHaveLength(150);
});

test('a paused profile is probed with a mailbox that is well, not with a disabled one', async () => {
  exchangeFails({ kind: 'response', code: 'ErrorNonExistentMailbox' }, rep1);
  story.crm.control.create();
  await story.announced();
  expect((await story.statusOf(rep1))?.status).toBe('noMailbox');
  await story.pauseProfile(30_000);
  story.crm.control.create({ ownerId: 'rep2' as never });
  await story.announced();
  await story.run(5 * minutes);
  expect(await story.pauses()).toEqual([]);
  expect(story.calendar(rep2)).toHaveLength(1);
});

test.each<[string, EwsFailure]>([
  ['refuses connections', { kind: 'network', code: 'ECONNREFUSED', sent: false }],
  ['answers 404', { kind: 'http', status: 404 }],
  ['answers 401', { kind: 'http', status: 401 }],
])('mailboxes go on by themselves after their server %s for a while', async (_, failure) => {
  await story.run(minutes);
  exchangeFails(failure, rep1, rep2);
  story.crm.control.create();
  await story.announced();
  await story.run(10 * minutes);
  exchangeRecovers();
  story.secrets.set('exchange-password', 'new');
  await story.run(30 * minutes);
  expect([(await story.statusOf(rep1))?.status, (await story.statusOf(rep2))?.status]).toEqual(['syncing', 'syncing']);
  expect(story.calendar()).toHaveLength(1);
  expect([await story.pauses(), await story.held(), await story.failures()]).toEqual([[], [], []]);
});

test('a mailbox disabled by its own trouble stays so when that is over, until it is enabled', async () => {
  exchangeFails({ kind: 'response', code: 'ErrorNonExistentMailbox' }, rep1);
  story.crm.control.create();
  await story.announced();
  exchangeRecovers();
  await story.run(2 * hours);
  expect(await story.statusOf(rep1)).toMatchObject({ status: 'noMailbox', disabled: true });
  expect(story.calendar()).toEqual([]);
});

test('a CRM that is switched off for a while has lost nothing once it is on again', async () => {
  story.crm.control.create();
  await story.announced();
  await story.run(2 * minutes);
  await story.switchCrm(false);
  story.exchange.control.userEdits(rep1, story.calendar()[0]?.itemId as never, { subject: 'edited while off' });
  story.exchange.control.userCreates(rep1, { subject: 'made while off' });
  story.crm.control.create({ subject: 'from the CRM while off' });
  await story.announced();
  await story.run(20 * minutes);
  await story.switchCrm(true);
  await story.run(30 * minutes);
  const subjects = ['edited while off', 'from the CRM while off', 'made while off'];
  expect(
    story
      .records()
      .map(({ subject }) => subject)
      .sort(),
  ).toEqual(subjects);
  expect(
    story
      .calendar()
      .map(({ subject }) => subject)
      .sort(),
  ).toEqual(subjects);
});

describe('without a secret', () => {
  const expectHealed = async () => {
    await story.run(30 * minutes);
    expect(story.calendar()).toHaveLength(1);
    expect([await story.pauses(), await story.held(), await story.failures()]).toEqual([[], [], []]);
  };

  test('for fingerprints work pauses, and goes on once it is stored', async () => {
    story.secrets.set('fingerprint-key', undefined);
    story.crm.control.create();
    await story.announced();
    await story.run(hours);
    expect(await story.pauses()).toMatchObject([{ code: 'SecretMissing' }]);
    story.secrets.set('fingerprint-key', 'a key');
    await expectHealed();
  });

  test('for Exchange work pauses, and goes on once it is stored', async () => {
    story.secrets.set('exchange-password', undefined);
    const missing = secretMissing(SecretName.parse('exchange-password'));
    for (const mailbox of [rep1, rep2]) story.exchange.control.failsWith(mailbox, missing);
    story.crm.control.create();
    await story.announced();
    await story.run(hours);
    expect(await story.pauses()).toMatchObject([{ code: 'SecretMissing', scope: { kind: 'profile' } }]);
    story.secrets.set('exchange-password', 'password');
    exchangeRecovers();
    await expectHealed();
  });

  test('for the CRM its connection pauses, not the mailboxes, and goes on once it is stored', async () => {
    story.secrets.set('crm-token', undefined);
    const read = pausingInstead(story.secrets, 'crmConnection').read(SecretName.parse('crm-token'));
    story.crmFailsWith(
      await read.then(
        () => undefined,
        (error: SyncError) => error,
      ),
    );
    story.crm.control.create();
    await story.announced();
    await story.run(hours);
    expect((await story.pauses()).map(({ scope }) => scope.kind)).toEqual(['crmConnection']);
    story.secrets.set('crm-token', 'token');
    story.crmFailsWith(undefined);
    await expectHealed();
  });
});

test('a pause that lost its wake-up gets another', async () => {
  const now = story.clock.now().toISOString();
  const scope = { kind: 'profile', organizationId: contoso, profileId: 'main' as never } as const;
  await story.stores.pauses.save({ id: 'lost', scope, until: now, since: now, code: 'ErrorServerBusy', times: 1 });
  await story.run(10 * minutes);
  expect(await story.pauses()).toEqual([]);
  expect(await story.stores.failures.list(undefined, 10)).toEqual([]);
});

test('all who meet the same trouble at once ask for the same wake-up', async () => {
  const { setImmediate } = await import('node:timers/promises');
  const worker = story.process({ at: -1, calls: 0, dead: false, pause: () => setImmediate() });
  for (let made = 0; made < 50; made++) story.crm.control.create();
  exchangeFails({ kind: 'http', status: 503 }, rep1, rep2);
  await story.announceCrmChanges();
  const all = story.changes.due();
  while (story.changes.take() !== undefined);
  await Promise.all(all.map((change) => worker.handleChange(change)));
  const ids = story.changes.waiting().flatMap(({ body }) => (body.kind === 'wakeUp' ? [body.pauseId] : []));
  expect(ids.length).toBeGreaterThan(0);
  expect(new Set(ids).size).toBe(1);
});

test('a password refused while throttled is tried no second time', async () => {
  let probes = 0;
  const { probe } = story.worker.deps.exchange;
  story.worker.deps.exchange = {
    ...story.worker.deps.exchange,
    probe: (access) => {
      probes += 1;
      return probe(access);
    },
  };
  await story.pauseProfile(30_000);
  exchangeFails({ kind: 'http', status: 401 }, rep1, rep2);
  await story.run(hours);
  expect(probes).toBe(1);
});

test('a store that cannot be reached uses up no try and loses nothing', async () => {
  const { mappings } = story.worker.deps;
  story.worker.deps.mappings = {
    ...mappings,
    findByRecords: () => Promise.reject(new StoreUnavailable('the mappings')),
  };
  story.crm.control.create();
  await story.announced();
  await story.run(40 * minutes);
  expect(await story.failures()).toEqual([]);
  story.worker.deps.mappings = mappings;
  await story.run(2 * minutes);
  expect(story.calendar()).toHaveLength(1);
});

describe('a held change', () => {
  test('is seen as an edit although a mere look at its item was held over it', async () => {
    story.crm.control.create();
    await story.announced();
    await story.run(2 * minutes);
    await story.pauseCrm(25 * minutes);
    const itemId = story.calendar()[0]?.itemId as never;
    story.exchange.control.userEdits(rep1, itemId, { subject: 'edited meanwhile' });
    await story.run(5 * minutes);
    const [held] = await story.held();
    expect(held?.change).toMatchObject({ kind: 'exchangeChange', reason: 'updated' });
    if (held !== undefined)
      await story.stores.pauses.hold(contoso, { ...held, change: { ...held.change, reason: 'check' } });
    await story.run(hours);
    expect(story.records()[0]?.subject).toBe('edited meanwhile');
  });

  test('is not swallowed by duplicate detection, however often it is held and told of', async () => {
    story = await engineStory({ duplicateDetection: true });
    await story.pauseProfile(60_000);
    story.crm.control.create();
    await story.announceCrmChanges();
    const [told] = story.changes.due().filter(({ kind }) => kind === 'crmChange');
    if (told === undefined) throw new Error('no change was announced');
    for (let round = 0; round < 3; round++) {
      await story.drain(story.worker);
      expect(await story.held()).toHaveLength(1);
      await story.clock.advance(80_000);
      // Its profile goes on and what waited is sent; before that is handled, the profile stands still again.
      for (let wakeUp = story.changes.take(); wakeUp?.kind === 'wakeUp'; wakeUp = story.changes.take()) {
        await story.worker.handleChange(wakeUp);
        await story.pauseProfile(60_000);
      }
      await story.worker.handleChange(told);
    }
    await story.run(5 * minutes);
    expect(story.calendar()).toHaveLength(1);
    expect(await story.held()).toEqual([]);
  });
});
