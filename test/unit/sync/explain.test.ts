import { beforeEach, describe, expect, test } from '@jest/globals';
import { crmRefused } from '../../../shared/adapters/crm/crm-errors.ts';
import { toEwsSyncError } from '../../../shared/adapters/ews/ews-errors.ts';
import { secretMissing } from '../../../shared/adapters/secret-errors.ts';
import { explainItem } from '../../../shared/admin/explain/explain-item.ts';
import { explainRecord } from '../../../shared/admin/explain/explain-record.ts';
import type { Statement } from '../../../shared/admin/explain/statement.ts';
import type { ItemId, RecordId } from '../../../shared/domain/ids.ts';
import type { ItemKind } from '../../../shared/domain/item.ts';
import { Mailbox } from '../../../shared/domain/mailbox.ts';
import { type EngineStory, engineStory, minutes } from '../../support/engine-story.ts';
import { contoso, type PortCall, rep1, rep2 } from '../../support/engine-world.ts';

const box = { organizationId: contoso, mailboxId: rep1 };
let story: EngineStory;
let calls: PortCall[];
const begin = async (options: Parameters<typeof engineStory>[0] = {}) => {
  calls = [];
  story = await engineStory({ ...options, watch: { before: (call) => void calls.push(call) } });
  await story.run(minutes);
};
beforeEach(() => begin());

const ofRecord = (id: RecordId) => explainRecord(story.worker.deps, contoso, id);
const ofItem = (id: ItemId, kind?: ItemKind) => explainItem(story.worker.deps, box, id, kind);
const codesOf = (statements: readonly Statement[]) => statements.map(({ code }) => code);
const stopsIn = (statements: readonly Statement[]) => statements.filter(({ stops }) => stops).map(({ code }) => code);
const told = async () => {
  await story.announced();
  await story.run(2 * minutes);
};
const changeMailbox = async (changes: Record<string, unknown>) => {
  const found = await story.stores.directory.findMailbox(contoso, rep1);
  await story.stores.directory.saveMailbox(Mailbox.parse({ ...found?.value, ...changes }));
};
const changeProfile = async (changes: Record<string, unknown>) => {
  const found = await story.stores.directory.findProfile(contoso, 'main' as never);
  if (found) await story.stores.directory.saveProfile({ ...found.value, ...changes } as never);
};

describe('a record', () => {
  test('that is well: there, enabled, linked, and nothing to do', async () => {
    const { id } = story.crm.control.create();
    await told();
    const statements = await ofRecord(id);
    expect(codesOf(statements)).toEqual(['recordThere', 'enabled', 'status', 'nextPoll', 'linked', 'agree']);
    expect(statements.find(({ code }) => code === 'linked')?.facts).toMatchObject({
      crmVersion: '1',
      itemId: story.calendar()[0]?.itemId,
    });
    const item = story.calendar()[0]?.itemId as ItemId;
    expect(codesOf(await ofItem(item))).toEqual([
      'itemThere',
      'enabled',
      'status',
      'nextPoll',
      'linked',
      'recordThere',
      'agree',
    ]);
  });

  test.each<[string, string, () => Promise<unknown>]>([
    [
      'its organization is suspended',
      'suspended',
      async () => {
        const found = await story.stores.directory.findOrganization(contoso);
        if (found) await story.stores.directory.saveOrganization({ ...found.value, state: 'suspended' });
      },
    ],
    ['the CRM is switched off', 'crmOff', () => story.switchCrm(false)],
    ['its mailbox is not approved', 'notApproved', () => changeMailbox({ approval: 'pending' })],
    ['its mailbox is rejected', 'rejected', () => changeMailbox({ approval: 'rejected' })],
    ['the calendar is switched off', 'processOff', () => changeMailbox({ syncCalendar: false })],
    ['the profile is paused', 'paused', () => story.pauseProfile(60_000)],
    ['the CRM is paused', 'paused', () => story.pauseCrm(60_000)],
    [
      'the mailbox is under quarantine',
      'quarantine',
      () =>
        story.stores.brakes.quarantine({
          ...box,
          id: 'q',
          brake: 'massDeletion',
          since: '2026-01-05T09:00:00Z',
          seen: 11,
          limit: 10,
        }),
    ],
    [
      'the mailbox is disabled',
      'disabled',
      async () => {
        const found = await story.stores.statuses.find(box, 'appointments');
        const status = {
          status: 'noMailbox',
          since: '2026-01-05T09:00:00Z',
          failuresInARow: 1,
          disabled: true,
        } as const;
        await story.stores.statuses.save(box, 'appointments', status, found?.etag);
      },
    ],
    [
      'it is still being matched',
      'firstSync',
      () =>
        story.stores.jobs.save({
          ...box,
          id: 'firstSync-1',
          kind: 'firstSync',
          state: 'running',
          by: 'engine',
          createdAt: '2026-01-05T09:00:00Z',
          updatedAt: '2026-01-05T09:00:00Z',
          progress: { done: 0 },
          counts: {},
        }),
    ],
    [
      'an admin is to decide about it',
      'review',
      () =>
        story.stores.reviews.save({
          ...box,
          id: 'p',
          kind: 'appointment',
          recordId: 'activity-1' as never,
          itemId: 'x' as never,
          score: 0.7,
          reasons: [],
          foundAt: '2026-01-05T09:00:00Z',
        }),
    ],
  ])('that waits because %s says so', async (_, code, arrange) => {
    const { id } = story.crm.control.create();
    await arrange();
    await story.clock.advance(6_000);
    expect(stopsIn(await ofRecord(id))).toEqual([code]);
  });

  test('names the time until which its scope is paused, and the change that waits', async () => {
    const { id } = story.crm.control.create();
    await story.pauseProfile(60_000);
    await story.announced();
    const statements = await ofRecord(id);
    expect(statements.find(({ code }) => code === 'paused')?.facts).toMatchObject({
      scope: 'profile',
      code: 'ErrorServerBusy',
      until: expect.any(String),
    });
    expect(statements.find(({ code }) => code === 'held')?.facts).toMatchObject({
      kind: 'crmChange',
      reason: 'created',
    });
  });

  test('under quarantine alone says so, and its neighbour does not', async () => {
    const [one, two] = [story.crm.control.create(), story.crm.control.create()];
    await story.stores.brakes.quarantine({
      ...box,
      recordId: one.id,
      id: 'q',
      brake: 'writeLoop',
      since: '2026-01-05T09:00:00Z',
      seen: 7,
      limit: 6,
    });
    await story.clock.advance(6_000);
    expect(stopsIn(await ofRecord(one.id))).toEqual(['quarantine']);
    expect(stopsIn(await ofRecord(two.id))).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['typeNotSent', { type: 'Letter' }, { activityTypesToExchange: ['Call'] }],
    ['cancelled', { status: 'cancelled' }, {}],
    ['wouldCreateItem', {}, {}],
    ['refused', { start: '2026-02-01T11:00:00Z', end: '2026-02-01T11:00:00Z' }, {}],
    ['past', { start: '2026-01-01T10:00:00Z', end: '2026-01-01T11:00:00Z' }, {}],
  ])('says %s where the rules say so', async (code, fields, profile) => {
    await changeProfile(profile);
    const { id } = story.crm.control.create(fields);
    expect(codesOf(await ofRecord(id))).toContain(code);
  });

  test('without a mailbox for its owner says so', async () => {
    const { id } = story.crm.control.create({ ownerId: 'manager' as never });
    expect(codesOf(await ofRecord(id))).toEqual(['recordThere', 'noMailbox']);
    expect(codesOf(await ofRecord('unknown' as RecordId))).toEqual(['recordMissing', 'noMailbox']);
  });

  test('that failed names the reason', async () => {
    const { id } = story.crm.control.create({ start: '2026-02-01T11:00:00Z', end: '2026-02-01T11:00:00Z' });
    await told();
    const failed = (await ofRecord(id)).find(({ code }) => code === 'failed');
    expect(failed?.facts).toMatchObject({ reason: 'startNotBeforeEnd', attempts: 1 });
  });

  test('that is deleted, and one whose item is being made', async () => {
    const { id } = story.crm.control.create();
    await told();
    story.crm.control.delete(id);
    await told();
    const statements = await ofRecord(id);
    expect(codesOf(statements)).toContain('recordDeleted');
    expect(statements.find(({ code }) => code === 'ended')?.facts).toMatchObject({ deletedBy: 'crm' });
    const next = story.crm.control.create();
    await story.stores.mappings.insertIntents(box, [
      {
        state: 'intent',
        recordId: next.id,
        kind: 'appointment',
        origin: 'crm',
        generation: 0,
        attemptId: 'a',
        leaseUntil: '2030-01-01T00:00:00Z',
        start: next.start,
        end: next.end,
      },
    ]);
    expect((await ofRecord(next.id)).find(({ code }) => code === 'intent')?.facts).toMatchObject({
      leaseUntil: '2030-01-01T00:00:00Z',
    });
  });

  test('that was given to another says where its item still is', async () => {
    const { id } = story.crm.control.create();
    await told();
    story.crm.control.update(id, { ownerId: 'rep2' as never });
    expect((await ofRecord(id)).find(({ code }) => code === 'homeElsewhere')?.facts).toEqual({ mailboxId: rep1 });
    await told();
    expect(codesOf(await ofRecord(id))).not.toContain('homeElsewhere');
    expect(story.calendar(rep2)).toHaveLength(1);
  });

  test('whose sides differ says which fields would be written, and writes nothing', async () => {
    const { id } = story.crm.control.create({ subject: 'Secret words' });
    await told();
    story.crm.control.update(id, { subject: 'Other words', location: 'Nowhere' });
    calls = [];
    const statements = await ofRecord(id);
    expect(statements.find(({ code }) => code === 'wouldWrite')?.facts).toMatchObject({
      toItem: 'subject,location',
      toRecord: '',
    });
    expect(JSON.stringify(statements)).not.toMatch(/words|Nowhere|@/);
    const reading = /^(find|list|read|probe|held)/;
    expect(calls.filter(({ method }) => !reading.test(method))).toEqual([]);
  });
});

describe('an item', () => {
  const make = (fields: Record<string, unknown>) => story.exchange.control.userCreates(rep1, fields).itemId;

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['wouldCreateRecord', {}, {}],
    [
      'outsideWindow',
      { start: '2029-01-01T10:00:00.000Z', end: '2029-01-01T11:00:00.000Z' },
      { window: { daysBack: 2, daysAhead: 90 } },
    ],
    ['private', { sensitivity: 'private' }, {}],
    ['cancelled', { cancelled: true }, {}],
    ['attendeeCopy', { ownMeeting: false }, {}],
    ['past', { start: '2026-01-04T10:00:00.000Z', end: '2026-01-04T11:00:00.000Z' }, {}],
  ])('says %s where the rules say so', async (code, fields, profile) => {
    await changeProfile(profile);
    expect(codesOf(await ofItem(make(fields)))).toContain(code);
  });

  test('of another kind says what keeps it in the mailbox', async () => {
    await begin({ profile: { syncAllDayTasks: true }, mailbox: { syncAllDayTasks: true, syncContacts: true } });
    const task = story.exchange.control.userCreatesTask(rep1, { subject: 'Mine' });
    const contact = story.exchange.control.userCreatesContact(rep1, { givenName: 'Ada' });
    expect(codesOf(await ofItem(task.itemId, 'task'))).toContain('tasksStay');
    expect(codesOf(await ofItem(contact.itemId, 'contact'))).toContain('notShared');
  });

  test('that is gone, and a mailbox without a CRM user or not enrolled', async () => {
    expect(codesOf(await ofItem('nothing' as ItemId))).toEqual(expect.arrayContaining(['itemGone', 'unmapped']));
    await changeMailbox({ crmUserId: undefined });
    expect(stopsIn(await ofItem(make({})))).toEqual(['noCrmUser']);
    const unknown = { organizationId: contoso, mailboxId: 'nobody' as never };
    expect(codesOf(await explainItem(story.worker.deps, unknown, 'x' as ItemId))).toEqual(['unknownMailbox']);
  });
});

describe('where a side does not answer', () => {
  test('Exchange', async () => {
    const { id } = story.crm.control.create();
    await told();
    const itemId = story.calendar()[0]?.itemId as ItemId;
    story.exchange.control.failsWith(rep1, toEwsSyncError({ kind: 'http', status: 503 }, 'read'));
    for (const statements of [await ofRecord(id), await ofItem(itemId)]) {
      expect(codesOf(statements)).toEqual(expect.arrayContaining(['exchangeUnreachable', 'enabled', 'linked']));
      expect(codesOf(statements)).not.toContain('agree');
    }
  });

  test('the CRM', async () => {
    const { id } = story.crm.control.create();
    await told();
    const itemId = story.calendar()[0]?.itemId as ItemId;
    story.crmFailsWith(crmRefused({ operation: 'read', status: 503 }));
    for (const statements of [await ofRecord(id), await ofItem(itemId)])
      expect(codesOf(statements)).toEqual(expect.arrayContaining(['crmUnreachable', 'enabled', 'linked']));
  });

  test('the vault', async () => {
    const { id } = story.crm.control.create();
    const { deps } = story.worker;
    const secrets = { ...deps.secrets, read: () => Promise.reject(secretMissing('fingerprint-key' as never)) };
    const statements = await explainRecord({ ...deps, secrets }, contoso, id);
    expect(codesOf(statements)).toEqual(expect.arrayContaining(['vaultUnreachable', 'unmapped']));
  });
});
