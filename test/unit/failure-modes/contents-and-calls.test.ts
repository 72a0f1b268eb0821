import { describe, expect, test } from '@jest/globals';
import { toEwsSyncError } from '../../../shared/adapters/ews/ews-errors.ts';
import { enableProcess } from '../../../shared/admin/enable-process.ts';
import type { ItemId } from '../../../shared/domain/ids.ts';
import { failed } from '../../../shared/domain/outcome.ts';
import type { ExchangeGateway } from '../../../shared/ports/exchange-gateway.ts';
import { hours, minutes } from '../../support/engine-story.ts';
import { contoso, type PortCall, rep1, rep2 } from '../../support/engine-world.ts';
import { jobStory } from '../../support/job-story.ts';

const box = { organizationId: contoso, mailboxId: rep1 };
const isExchange = ({ port }: PortCall) => port === 'exchange';

describe('18 a server that throttles is left alone', () => {
  test.each([
    ['without saying for how long, "back off 0 ms" being no permission', 0],
    ['for five minutes', 5 * minutes],
  ])(
    '%s: it is probed, not stormed, and nothing is lost',
    async (_, backOffMs) => {
      const calls: number[] = [];
      const story = await jobStory({
        watch: { before: (call) => void (isExchange(call) && calls.push(1)) },
      });
      const busy = toEwsSyncError({ kind: 'response', code: 'ErrorServerBusy', backOffMs }, 'read');
      for (const mailboxId of [rep1, rep2]) story.exchange.control.failsWith(mailboxId, busy);
      for (let count = 0; count < 200; count++) story.crm.control.create({ subject: `Visit ${count}` });
      await story.announced();
      await story.run(30 * minutes);
      expect(calls.length).toBeLessThan(40);
      expect(await story.failures()).toEqual([]);
      expect((await story.statusOf(rep1))?.disabled).toBeUndefined();
      for (const mailboxId of [rep1, rep2]) story.exchange.control.failsWith(mailboxId, undefined);
      await story.run(2 * hours);
      expect(story.calendar()).toHaveLength(200);
      expect(await story.held()).toEqual([]);
    },
    60_000,
  );
});

describe('22 an item that is too large is a failure to be seen, not the end of a folder', () => {
  test('Exchange refuses its size: it is on the list with that reason, once, and the others are synced', async () => {
    const tooLarge = toEwsSyncError({ kind: 'response', code: 'ErrorMessageSizeExceeded' }, 'write');
    const exchange = (gateway: ExchangeGateway): ExchangeGateway => ({
      ...gateway,
      async createItems(access, drafts, notify) {
        const small = drafts.filter((draft) => draft.body.notes.length < 10_000);
        const made = await gateway.createItems(access, small, notify);
        return drafts.map((draft) => made[small.indexOf(draft)] ?? failed(tooLarge));
      },
    });
    const story = await jobStory({ between: { exchange } });
    const { id } = story.crm.control.create({ subject: 'Minutes', description: 'x'.repeat(100_000) });
    for (let count = 0; count < 5; count++) story.crm.control.create({ subject: `Visit ${count}` });
    await story.announced();
    await story.run(2 * hours);
    expect(story.calendar()).toHaveLength(5);
    expect(await story.failures()).toMatchObject([{ recordId: id, reason: 'ErrorMessageSizeExceeded' }]);
    story.crm.control.update(id, { description: 'short' });
    await story.announced();
    expect(story.calendar()).toHaveLength(6);
    expect(await story.failures()).toEqual([]);
  });

  test('a text of two hundred thousand letters arrives whole and comes back whole', async () => {
    const story = await jobStory();
    const description = `${'Line of many words\n'.repeat(10_000)}end`;
    const { id } = story.crm.control.create({ subject: 'Minutes', description });
    await story.announced();
    await story.run(10 * minutes);
    const [item] = story.calendar();
    expect(item?.bodyText.startsWith(description)).toBe(true);
    story.exchange.control.userEdits(rep1, item?.itemId as ItemId, { location: 'Room' });
    await story.run(10 * minutes);
    expect(story.crm.control.record(id)).toMatchObject({ description, location: 'Room' });
  });
});

describe('23 what people and Teams put into a body stays there byte for byte', () => {
  async function formatted() {
    const story = await jobStory({ exchange: { rewritesBodies: true } });
    const { id } = story.crm.control.create({ subject: 'Visit', description: 'Agenda' });
    await story.announced();
    await story.run(3 * minutes);
    const itemId = story.calendar()[0]?.itemId as ItemId;
    story.exchange.control.userEdits(rep1, itemId, { bodyText: 'Agenda', richBody: true });
    story.exchange.control.userAddsOnlineMeeting(rep1, itemId, 'https://meet.example/join/1');
    await story.run(5 * minutes);
    return { story, id, body: () => story.calendar()[0]?.rawBody };
  }

  test('when anything but the notes changes', async () => {
    const { story, id, body } = await formatted();
    const before = body();
    expect(before).toContain('<b>');
    story.crm.control.update(id, { subject: 'Visit moved', location: 'Room', start: '2026-06-03T09:00:00.000Z' });
    story.crm.control.update(id, { end: '2026-06-03T10:00:00.000Z' });
    await story.announced();
    await story.run(10 * minutes);
    expect(story.calendar()).toMatchObject([{ subject: 'Visit moved', location: 'Room' }]);
    expect(body()).toBe(before);
  });

  test('and the way into the online meeting also when the notes do', async () => {
    const { story, id, body } = await formatted();
    story.crm.control.update(id, { description: 'New agenda' });
    await story.announced();
    await story.run(10 * minutes);
    expect(body()).toContain('New agenda');
    expect(body()).toContain('https://meet.example/join/1');
    expect(story.crm.control.record(id)?.description).toBe('New agenda');
  });
});

describe('24 private life stays out of the CRM', () => {
  const privately = { sensitivity: 'private' } as const;

  test('neither an appointment, nor a task, nor a contact that is private or not meant for it gets there', async () => {
    const story = await jobStory({
      profile: { syncAllDayTasks: true, taskTypeFromExchange: 'To do' },
      mailbox: { syncAllDayTasks: true, syncContacts: true },
    });
    story.exchange.control.userCreates(rep1, { subject: 'Doctor', ...privately });
    story.exchange.control.userCreatesTask(rep1, { subject: 'Pills', private: true, dueDate: '2026-06-01' as never });
    story.exchange.control.userCreatesContact(rep1, { givenName: 'Mum', emails: ['mum@home.example'] });
    story.exchange.control.userCreatesContact(rep1, { givenName: 'Lover', private: true, categories: ['CRM'] });
    await story.run(hours);
    await story.done('sweep', {}, hours);
    expect([story.records(), story.crm.control.contacts()]).toEqual([[], []]);
  });

  test('what becomes private leaves the CRM, and comes back with what it says then', async () => {
    const story = await jobStory();
    const { itemId } = story.exchange.control.userCreates(rep1, { subject: 'Doctor', bodyText: 'Blood test' });
    await story.run(5 * minutes);
    expect(story.records()).toHaveLength(1);
    story.exchange.control.userEdits(rep1, itemId, privately);
    await story.run(5 * minutes);
    expect(story.records()).toEqual([]);
    story.exchange.control.userEdits(rep1, itemId, { subject: 'Dentist', sensitivity: 'normal' });
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ subject: 'Dentist' }]);
  });

  test('nothing of a private item is in any message, row or log', async () => {
    const seen: string[] = [];
    const keep = (...all: unknown[]) => void seen.push(JSON.stringify(all));
    const story = await jobStory({
      log: { info: keep, warn: keep, error: keep },
      watch: { before: ({ port, input }) => void (port !== 'exchange' && seen.push(JSON.stringify(input))) },
    });
    story.exchange.control.userCreates(rep1, {
      ...{ subject: 'CanarySubject', bodyText: 'CanaryBody', location: 'CanaryPlace' },
      ...privately,
    });
    await story.run(hours);
    await story.done('sweep', {}, hours);
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.filter((text) => text.includes('Canary'))).toEqual([]);
  });
});

describe('25 notifications are hints: what they miss is found', () => {
  test('with every webhook lost for a day, the poll of the CRM finds each change within two minutes', async () => {
    const story = await jobStory();
    const { id } = story.crm.control.create({ subject: 'Visit' });
    await story.run(2 * minutes);
    expect(story.calendar()).toMatchObject([{ subject: 'Visit' }]);
    story.crm.control.update(id, { subject: 'Visit moved' });
    await story.run(2 * minutes);
    expect(story.calendar()).toMatchObject([{ subject: 'Visit moved' }]);
    story.crm.control.delete(id);
    await story.run(2 * minutes);
    expect(story.calendar()).toEqual([]);
  });

  test('without any notification of Exchange, the poll finds what changed there within five minutes, however quiet it was', async () => {
    const story = await jobStory({ profile: { minimumPollingIntervalMinutes: 1 } });
    await story.run(24 * hours);
    story.exchange.control.userCreates(rep1, { subject: 'Lunch' });
    await story.run(6 * minutes);
    expect(story.records()).toMatchObject([{ subject: 'Lunch' }]);
  }, 60_000);
});

describe('runner-up: "Synced" is not shown while nothing arrives', () => {
  test('a mailbox whose calls fail is shown as failing, with the time of its last success', async () => {
    const story = await jobStory();
    await story.run(5 * minutes);
    const before = await story.statusOf(rep1);
    expect(before?.status).toBe('syncing');
    const trouble = toEwsSyncError({ kind: 'http', status: 500 }, 'read');
    story.exchange.control.failsWith(rep1, trouble);
    await story.run(2 * hours);
    const after = await story.statusOf(rep1);
    expect(after).toMatchObject({ status: 'serverError', lastErrorCode: expect.any(String) });
    expect(Date.parse(after?.lastSuccessAt ?? '')).toBeLessThan(story.clock.now().getTime() - 110 * minutes);
    expect(after?.failuresInARow).toBeGreaterThan(4);
  });
});

describe('runner-up: whether EWS is on is found by calling, not by reading a setting', () => {
  test('a test passes while Exchange still answers, and fails with its own words once it refuses', async () => {
    const story = await jobStory();
    const deps = { ...story.stores, exchange: story.exchange.gateway, changes: story.changes };
    const { clock, random } = story;
    expect(await enableProcess({ ...deps, clock, random }, box)).toEqual({ outcome: 'enabled' });
    story.exchange.control.failsWith(rep1, toEwsSyncError({ kind: 'http', status: 403 }, 'read'));
    expect(await enableProcess({ ...deps, clock, random }, box)).toMatchObject({
      outcome: 'refused',
      code: 'HTTP_403',
    });
  });
});
