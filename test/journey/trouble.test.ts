import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { findWords, wordsIn } from '../support/canary.ts';
import { eventually } from '../support/eventually.ts';
import { type LocalEnvironment, startLocalEnvironment } from '../support/local-environment.ts';
import { people } from '../support/local-exchange-client.ts';
import { stampsIn, watchItems } from '../support/watch-items.ts';

/** The shortest pause of a scope, the most that is added so that scopes don't wake together, and some time to work. */
const wakeUpMs = 30_000 * 1.2 + 10_000;
const calendars = [people.rep1, people.rep2];
const wrong = 'canary-password-k5d1';

describe('trouble with Exchange', () => {
  let environment: LocalEnvironment;
  beforeAll(async () => {
    environment = await startLocalEnvironment();
  }, 60_000);
  afterEach(() => environment?.exchange.clearFaults().catch(() => undefined));
  afterAll(() => environment?.dispose(), 30_000);

  const pauseOf = (code: string) =>
    eventually(async () => {
      const pause = (await environment.admin.pauses()).find((one) => one.code === code);
      if (pause === undefined) throw new Error(`nothing is paused by ${code}`);
      return pause;
    });
  const allArrived = (ids: readonly string[], deadline: number) =>
    eventually(async () => {
      const stamps = await stampsIn(environment.exchange, calendars);
      expect(stamps.filter((id) => ids.includes(id)).toSorted()).toEqual([...ids].toSorted());
    }, deadline);
  const requests = async () => (await environment.exchange.requests()).total;
  const heldLines = () => environment.logs().filter((line) => line.includes('change held')).length;

  async function nothingFailed() {
    expect(await environment.admin.failures()).toEqual([]);
    expect(await environment.admin.strayFailures()).toEqual([]);
  }

  test('an outage pauses the profile: changes wait, one request probes, and all arrive once afterwards', async () => {
    const watch = watchItems(environment.exchange, calendars);
    await environment.exchange.addFault({ answer: { status: 503 } });
    const before = await requests();
    const heldBefore = heldLines();
    const untilHeld = (count: number) =>
      eventually(() => expect(heldLines() - heldBefore).toBeGreaterThanOrEqual(count));
    const ids = await environment.crm.createMany({ count: 15, ownerIds: ['rep1', 'rep2'] });
    const pause = await pauseOf('HTTP_503');
    expect(pause.scope).toMatchObject({ kind: 'profile', profileId: 'main' });
    await untilHeld(15);
    // What was under way when the first answer came has met it as well; from then on nothing is sent.
    const met = await requests();
    expect(met - before).toBeLessThanOrEqual(15);
    ids.push(...(await environment.crm.createMany({ count: 15, ownerIds: ['rep1', 'rep2'] })));
    await untilHeld(30);
    expect(await requests()).toBe(met);
    await nothingFailed();
    await environment.exchange.clearFaults();
    await allArrived(ids, wakeUpMs);
    expect(await environment.admin.pauses()).toEqual([]);
    expect([...watch.doubled]).toEqual([]);
    await watch.stop();
    await nothingFailed();
  }, 150_000);

  test('a server that asks for rest is given it', async () => {
    await environment.exchange.addFault({
      answer: { responseCode: 'ErrorServerBusy', backOffMilliseconds: 8_000 },
      times: 1,
    });
    const { id } = await environment.crm.create({ subject: 'While the server is busy' });
    const pause = await pauseOf('ErrorServerBusy');
    const rest = Date.parse(pause.until) - Date.parse(pause.since);
    expect(rest).toBeGreaterThanOrEqual(8_000);
    expect(rest).toBeLessThan(10_000);
    const before = await requests();
    await eventually(async () => expect(await requests()).toBeGreaterThan(before), 20_000);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(pause.until));
    await allArrived([id], 10_000);
    await nothingFailed();
  }, 60_000);

  test('a wrong password is tried a few times, and the right one is found without anybody’s help', async () => {
    environment.storeSecrets({ 'exchange-password': wrong });
    const before = await requests();
    const heldBefore = heldLines();
    // A process goes on with the secret it knows for a moment; a poll is the first to be refused.
    await eventually(async () => {
      const statuses = (await environment.admin.mailboxes()).map(
        ({ statuses: { appointments } }) => appointments?.status,
      );
      expect(statuses).toContain('unauthorized');
    }, 60_000);
    expect(await pauseOf('HTTP_401')).toMatchObject({ scope: { kind: 'profile' } });
    // From then on nothing is tried, whatever changes.
    const ids = await environment.crm.createMany({ count: 20, ownerIds: ['rep1', 'rep2'] });
    await eventually(() => expect(heldLines() - heldBefore).toBeGreaterThanOrEqual(20));
    const tried = await requests();
    // Two mailboxes with three folders each, looked into twice with the old one; then each is refused twice.
    expect(tried - before).toBeLessThanOrEqual(2 * 6 + 4);
    ids.push(...(await environment.crm.createMany({ count: 10, ownerIds: ['rep1', 'rep2'] })));
    await eventually(() => expect(heldLines() - heldBefore).toBeGreaterThanOrEqual(30));
    expect(await requests()).toBe(tried);

    environment.storeSecrets({ 'exchange-password': 'local-only' });
    await allArrived(ids, wakeUpMs);
    await eventually(async () =>
      expect((await environment.admin.calendarStatus('mailbox-rep1'))?.status).toBe('syncing'),
    );
    await nothingFailed();
  }, 90_000);

  test('the password that was tried is in no table, no queue and no log', async () => {
    await environment.stop();
    expect(findWords(environment.data, [wrong])).toEqual([]);
    expect(wordsIn(Buffer.from(environment.logs().join('\n')), [wrong])).toEqual([]);
  }, 30_000);
});

describe('a mailbox that cannot be used', () => {
  let environment: LocalEnvironment;
  beforeAll(async () => {
    environment = await startLocalEnvironment();
  }, 60_000);
  afterAll(() => environment?.dispose(), 30_000);

  const enrol = (id: string, address: string, crmUserId: string) =>
    environment.admin.put(`/mailboxes/${id}`, { profileId: 'main', address, crmUserId, approval: 'approved' });
  const untilStatus = (id: string, expected: string) =>
    eventually(async () => {
      const status = await environment.admin.calendarStatus(id);
      expect(status?.status).toBe(expected);
      return status;
    }, 20_000);

  test.each([
    ['may not be impersonated', people.finance, 'manager', 'impersonationFailed', 'ErrorImpersonateUserDenied'],
    ['does not exist', 'nobody@contoso.example', 'assistant', 'noMailbox', 'ErrorNonExistentMailbox'],
  ])(
    'one that %s says so, is left alone, and its changes wait until it works',
    async (_, address, user, status, code) => {
      const id = `mailbox-of-${user}`;
      await enrol(id, address, user);
      const activity = await environment.crm.create({ ownerId: user, subject: 'To wait' });
      expect(await untilStatus(id, status)).toMatchObject({
        lastErrorCode: code,
        remedy: expect.stringMatching(/\w{20}|\w+ \w+/),
      });
      await eventually(() => {
        const held = environment.logs().filter((line) => line.includes('change held') && line.includes(activity.id));
        expect(held).not.toEqual([]);
      });
      const refused = await environment.admin.post(`/mailboxes/${id}/enable`);
      expect(refused.status).toBe(409);
      expect(refused.text).toContain(code);
      expect((await untilStatus(id, status))?.status).toBe(status);
      expect(await environment.admin.failures()).toEqual([]);

      const right = user === 'manager' ? people.manager : people.assistant;
      await enrol(id, right, user);
      await environment.lookInto(id);
      await eventually(() => environment.exchange.itemOf(right, activity.id), 20_000);
      await untilStatus(id, 'syncing');
      expect(await environment.admin.failures()).toEqual([]);
    },
    60_000,
  );

  test('its neighbours are synced all the while', async () => {
    const { id } = await environment.crm.create({ subject: 'Next door' });
    await eventually(() => environment.exchange.itemOf(people.rep1, id));
    expect(await environment.admin.pauses()).toEqual([]);
  });
});
