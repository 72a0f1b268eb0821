import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Appointment, AppointmentDraft, AppointmentPatch } from '../../shared/domain/appointment.ts';
import type { ChangeKey, ItemId, RecordId } from '../../shared/domain/ids.ts';
import type { ItemRef, Stamp, StampedItem } from '../../shared/domain/item.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import type { SyncError } from '../../shared/domain/sync-error.ts';
import type { SyncItem } from '../../shared/domain/sync-item.ts';
import type { ExchangeGateway, ItemChange, MailboxAccess } from '../../shared/ports/exchange-gateway.ts';

/** The user of the mailbox, working beside us with another client. */
export interface MailboxUser {
  creates(fields: { subject: string; private?: boolean; start?: string; end?: string }): Promise<ItemRef>;
  edits(item: ItemRef, subject: string): Promise<ItemRef>;
  deletes(item: ItemRef): Promise<void>;
  /** Out of the calendar, to another place where the mailbox keeps items. */
  moves(item: ItemRef): Promise<StampedItem>;
  /** Into the archive mailbox, as a retention policy does by itself. */
  archives(item: ItemRef): Promise<StampedItem>;
  returns(archived: ItemRef): Promise<ItemRef>;
}

export interface ExchangeUnderTest {
  readonly gateway: ExchangeGateway;
  /** An empty mailbox with an archive, reached with the right to everything in it. */
  readonly access: MailboxAccess;
  /** A second one in the same Exchange, without an archive. */
  readonly otherAccess: MailboxAccess;
  readonly user: MailboxUser;
  close(): Promise<void>;
}

const start = '2026-06-09T07:00:00.000Z';
const end = '2026-06-09T08:30:00.000Z';

function valueIn<T>(outcome: Outcome<T> | undefined): T {
  if (outcome === undefined) throw new Error('no outcome');
  if (!outcome.ok) throw outcome.error;
  return outcome.value;
}

const subjectIn = (outcome: Outcome<SyncItem> | undefined) => (valueIn(outcome) as Appointment).subject;

function errorIn(outcome: Outcome<unknown> | undefined): SyncError {
  if (outcome === undefined || outcome.ok) throw new Error('expected a failure');
  return outcome.error;
}

/** What every Exchange must do for the engine, whatever technology it is reached by. */
export function describeExchangeGateway(name: string, create: () => Promise<ExchangeUnderTest>): void {
  describe(`the Exchange gateway of ${name}`, () => {
    let under: ExchangeUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    const stampOf = (recordId: string): Stamp => ({
      mailboxId: under.access.mailbox.id,
      recordId: recordId as RecordId,
    });
    const draft = (recordId: string, fields: Partial<AppointmentDraft> = {}): AppointmentDraft => ({
      kind: 'appointment',
      stamp: stampOf(recordId),
      subject: `Visit ${recordId}`,
      body: { notes: 'First line\nsecond line\n\nhttps://crm.example/records/1?a=b&c=d', links: {} },
      location: 'Room 4',
      start,
      end,
      timeZone: 'Europe/Berlin',
      allDay: false,
      ...fields,
    });
    const createOne = async (recordId: string, fields: Partial<AppointmentDraft> = {}): Promise<ItemRef> =>
      valueIn((await under.gateway.createItems(under.access, [draft(recordId, fields)], 'none'))[0]);
    const readOne = async (itemId: ItemId) =>
      (await under.gateway.readItems(under.access, 'appointment', [itemId]))[0] as Outcome<Appointment> | undefined;
    const updateOne = async (item: ItemRef, patch: Omit<AppointmentPatch, 'kind'>) =>
      (await under.gateway.updateItems(under.access, [{ item, patch: { kind: 'appointment', ...patch } }], 'none'))[0];

    async function allChanges(since?: string): Promise<{ changes: ItemChange[]; syncState: string }> {
      const changes: ItemChange[] = [];
      let syncState = since;
      for (;;) {
        const page = await under.gateway.listChanges(under.access, 'appointment', syncState);
        changes.push(...page.changes);
        syncState = page.syncState;
        if (!page.more) return { changes, syncState };
      }
    }

    test('reads back what it created', async () => {
      const item = await createOne('r-1');
      const read = valueIn(await readOne(item.itemId));
      expect(read).toMatchObject({
        itemId: item.itemId,
        changeKey: item.changeKey,
        subject: 'Visit r-1',
        bodyText: 'First line\nsecond line\n\nhttps://crm.example/records/1?a=b&c=d',
        location: 'Room 4',
        start,
        end,
        timeZone: 'Europe/Berlin',
        allDay: false,
        cancelled: false,
        ownMeeting: true,
        recurring: false,
        stamp: stampOf('r-1'),
      });
      expect(read.iCalUid).not.toBe('');
    });

    test.each([
      ['markup', '</t:Subject><t:Sensitivity>Private</t:Sensitivity> & <b> "quoted" \'single\''],
      ['other scripts and emoji', 'Größe 日本語 🏳️‍🌈 עברית'],
      ['characters XML cannot carry', 'bell\u0007 and \uFFFE and half a pair \uD800 end'],
    ])('keeps %s in a text as it is, as far as XML can carry it', async (_what, text) => {
      const item = await createOne('r-1', { subject: text, location: text, body: { notes: text, links: {} } });
      const read = valueIn(await readOne(item.itemId));
      const carried = ['\u0007', '\uFFFE', '\uD800'].reduce((left, illegal) => left.replace(illegal, ''), text);
      expect({ subject: read.subject, location: read.location, bodyText: read.bodyText }).toEqual({
        subject: carried,
        location: carried,
        bodyText: carried,
      });
    });

    test('creates more than one batch, in the order of the input', async () => {
      const drafts = Array.from({ length: under.gateway.capabilities.batchSize + 3 }, (_, index) =>
        draft(`r-${index}`),
      );
      const items = (await under.gateway.createItems(under.access, drafts, 'none')).map(valueIn);
      expect(new Set(items.map((item) => item.itemId)).size).toBe(drafts.length);
      const read = await under.gateway.readItems(
        under.access,
        'appointment',
        items.map((item) => item.itemId),
      );
      expect(read.map((outcome) => subjectIn(outcome))).toEqual(drafts.map((one) => one.subject));
    });

    test('fails only the one item of a batch that ends before it starts', async () => {
      const outcomes = await under.gateway.createItems(
        under.access,
        [draft('r-1'), draft('r-2', { start: end, end: start }), draft('r-3')],
        'none',
      );
      expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, false, true]);
      expect(errorIn(outcomes[1]).remedy).toEqual({ kind: 'park' });
    });

    test('changes only the fields of the patch and gives a new change key', async () => {
      const item = await createOne('r-1');
      const changed = valueIn(await updateOne(item, { subject: 'Another visit' }));
      expect(changed.itemId).toBe(item.itemId);
      expect(changed.changeKey).not.toBe(item.changeKey);
      expect(valueIn(await readOne(item.itemId))).toMatchObject({
        subject: 'Another visit',
        location: 'Room 4',
        start,
        end,
        changeKey: changed.changeKey,
        stamp: stampOf('r-1'),
      });
    });

    test('empties a text, moves a time into another zone and changes the stamp', async () => {
      const item = await createOne('r-1');
      const time = {
        start: '2026-12-01T15:00:00.000Z',
        end: '2026-12-01T16:00:00.000Z',
        timeZone: 'America/New_York',
        allDay: false,
      };
      valueIn(
        await updateOne(item, {
          location: '',
          body: { notes: '', links: {} },
          time,
          stamp: stampOf('r-2'),
          reminderMinutes: null,
        }),
      );
      expect(valueIn(await readOne(item.itemId))).toMatchObject({
        ...time,
        location: '',
        bodyText: '',
        stamp: stampOf('r-2'),
      });
    });

    test('changes nothing where the patch says nothing', async () => {
      const item = await createOne('r-1');
      expect(valueIn(await updateOne(item, {}))).toEqual(item);
      valueIn(await updateOne(item, { location: 'There' }));
      expect(valueIn(await readOne(item.itemId))).toMatchObject({ subject: 'Visit r-1', location: 'There' });
    });

    test('refuses a write over a change it has not seen', async () => {
      const item = await createOne('r-1');
      await under.user.edits(item, 'Changed by the user');
      expect(errorIn(await updateOne(item, { subject: 'Ours' })).kind).toBe('conflict');
      expect(valueIn(await readOne(item.itemId)).subject).toBe('Changed by the user');
    });

    test('refuses a second write with the change key of before the first', async () => {
      const item = await createOne('r-1');
      valueIn(await updateOne(item, { subject: 'First' }));
      expect(errorIn(await updateOne(item, { subject: 'Second' })).kind).toBe('conflict');
    });

    test('says notFound for an item that the user deleted, on reading, changing and deleting', async () => {
      const item = await createOne('r-1');
      const other = await createOne('r-2');
      await under.user.deletes(item);
      const read = await under.gateway.readItems(under.access, 'appointment', [item.itemId, other.itemId]);
      expect([errorIn(read[0]).kind, subjectIn(read[1])]).toEqual(['notFound', 'Visit r-2']);
      expect(errorIn(await updateOne(item, { subject: 'x' })).kind).toBe('notFound');
      const deleted = await under.gateway.deleteItems(under.access, 'appointment', [item], 'none');
      expect(errorIn(deleted[0]).kind).toBe('notFound');
    });

    test('says notFound for an item of another mailbox', async () => {
      const item = await createOne('r-1');
      const outcomes = await under.gateway.readItems(under.otherAccess, 'appointment', [item.itemId]);
      expect(outcomes[0]?.ok).toBe(false);
    });

    test('deletes into Deleted Items, where the stamp is found', async () => {
      const item = await createOne('r-1');
      valueIn((await under.gateway.deleteItems(under.access, 'appointment', [item], 'none'))[0]);
      expect(errorIn(await readOne(item.itemId)).kind).toBe('notFound');
      const found = await under.gateway.findStamped(under.access, 'appointment', stampOf('r-1'), { start, end });
      expect(found.map((one) => one.place)).toEqual(['deletedItems']);
    });

    test('finds a stamp in the calendar, near the given time and far from it', async () => {
      const item = await createOne('r-1');
      await createOne('r-2');
      const expected: StampedItem[] = [{ ...item, place: 'folder' }];
      expect(await under.gateway.findStamped(under.access, 'appointment', stampOf('r-1'), { start, end })).toEqual(
        expected,
      );
      expect(await under.gateway.findStamped(under.access, 'appointment', stampOf('r-1'))).toEqual(expected);
      const elsewhen = { start: '2027-01-01T00:00:00.000Z', end: '2027-01-01T01:00:00.000Z' };
      expect(await under.gateway.findStamped(under.access, 'appointment', stampOf('r-1'), elsewhen)).toEqual(expected);
      expect(await under.gateway.findStamped(under.access, 'appointment', stampOf('r-3'), { start, end })).toEqual([]);
    });

    test('finds a stamped item that the user moved out of the calendar, under its new id', async () => {
      const item = await createOne('r-1');
      const moved = await under.user.moves(item);
      const found = await under.gateway.findStamped(under.access, 'appointment', stampOf('r-1'), { start, end });
      expect(found).toEqual([moved]);
      expect(found[0]?.itemId).not.toBe(item.itemId);
    });

    test('finds a stamped item in the archive under its new id, and it has left the calendar', async () => {
      const item = await createOne('r-1');
      const { syncState } = await allChanges();
      const archived = await under.user.archives(item);
      expect(archived.itemId).not.toBe(item.itemId);
      expect(errorIn(await readOne(item.itemId)).kind).toBe('notFound');
      expect(await under.gateway.findStamped(under.access, 'appointment', stampOf('r-1'), { start, end })).toEqual([
        archived,
      ]);
      expect(await under.gateway.findStamped(under.access, 'appointment', stampOf('r-1'))).toEqual([archived]);
      expect(await under.gateway.findStamped(under.access, 'appointment', stampOf('r-2'))).toEqual([]);
      const { changes } = await allChanges(syncState);
      expect(changes.map(({ kind, itemId }) => ({ kind, itemId }))).toEqual([{ kind: 'deleted', itemId: item.itemId }]);
    });

    test('finds an archived item beside a deleted one, and not beside a live one', async () => {
      const archived = await under.user.archives(await createOne('r-1'));
      await under.user.deletes(await createOne('r-1'));
      const found = await under.gateway.findStamped(under.access, 'appointment', stampOf('r-1'));
      expect(found.map(({ place }) => place).sort()).toEqual(['archive', 'deletedItems']);
      expect(found).toContainEqual(archived);
      const live = await createOne('r-1');
      const foundLive = await under.gateway.findStamped(under.access, 'appointment', stampOf('r-1'), { start, end });
      expect(foundLive).toContainEqual({ ...live, place: 'folder' });
      expect(foundLive.map(({ place }) => place)).not.toContain('archive');
    });

    test('finds an item in the calendar again that came back from the archive', async () => {
      const { syncState } = await allChanges();
      const item = await under.user.returns(await under.user.archives(await createOne('r-1')));
      expect(await under.gateway.findStamped(under.access, 'appointment', stampOf('r-1'))).toEqual([
        { ...item, place: 'folder' },
      ]);
      expect(valueIn(await readOne(item.itemId)).stamp).toEqual(stampOf('r-1'));
      const { changes } = await allChanges(syncState);
      expect(changes.filter(({ kind }) => kind !== 'deleted')).toEqual([{ ...item, kind: 'created' }]);
    });

    test('a mailbox without an archive has nothing in it', async () => {
      const { otherAccess, gateway } = under;
      const [made] = await gateway.createItems(otherAccess, [draft('r-1')], 'none');
      valueIn((await gateway.deleteItems(otherAccess, 'appointment', [valueIn(made)], 'none'))[0]);
      const found = await gateway.findStamped(otherAccess, 'appointment', stampOf('r-1'));
      expect(found.map(({ place }) => place)).toEqual(['deletedItems']);
      expect(await gateway.findStamped(otherAccess, 'appointment', stampOf('r-2'))).toEqual([]);
    });

    test('lists everything as created without a state, then only what changed', async () => {
      const kept = await under.user.creates({ subject: 'Kept' });
      const edited = await under.user.creates({ subject: 'Edited' });
      const deleted = await under.user.creates({ subject: 'Deleted' });
      const first = await allChanges();
      const kindsById = (changes: ItemChange[]) => new Map(changes.map((change) => [change.itemId, change.kind]));
      expect(kindsById(first.changes)).toEqual(
        new Map([kept, edited, deleted].map((item) => [item.itemId, 'created' as const])),
      );
      const after = await under.user.edits(edited, 'Edited again');
      await under.user.deletes(deleted);
      const made = await createOne('r-1');
      const second = await allChanges(first.syncState);
      expect(kindsById(second.changes)).toEqual(
        new Map([
          [edited.itemId, 'updated' as const],
          [deleted.itemId, 'deleted' as const],
          [made.itemId, 'created' as const],
        ]),
      );
      const keys = new Map<ItemId, ChangeKey | undefined>(
        second.changes.map((change) => [change.itemId, change.changeKey]),
      );
      expect(keys.get(edited.itemId)).toBe(after.changeKey);
      expect(keys.get(deleted.itemId)).toBeUndefined();
      expect((await allChanges(second.syncState)).changes).toEqual([]);
      expect(kindsById((await allChanges(first.syncState)).changes)).toEqual(kindsById(second.changes));
    });

    test('asks for a resync when it does not know the state', async () => {
      const listing = under.gateway.listChanges(
        under.access,
        'appointment',
        Buffer.from('not a state').toString('base64'),
      );
      await expect(listing).rejects.toMatchObject({ name: 'SyncError', remedy: { kind: 'resync' } });
    });

    test('never reads out a private item', async () => {
      const item = await under.user.creates({ subject: 'Doctor', private: true });
      const error = errorIn(await readOne(item.itemId));
      expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'notFound', code: 'PrivateItem' });
    });

    test('tells no more of a private item than that the time is taken, where the profile allows that', async () => {
      const item = await under.user.creates({ subject: 'Doctor', private: true, start, end });
      const profile = { ...under.access.profile, privacyPolicy: 'busyOnly' as const };
      const outcomes = await under.gateway.readItems({ ...under.access, profile }, 'appointment', [item.itemId]);
      expect(valueIn(outcomes[0])).toMatchObject({ subject: 'Busy', bodyText: '', location: '', start, end });
    });

    test('answers the probe', async () => {
      await expect(under.gateway.probe(under.access)).resolves.toBeUndefined();
    });

    test('takes empty batches', async () => {
      expect(await under.gateway.readItems(under.access, 'appointment', [])).toEqual([]);
      expect(await under.gateway.createItems(under.access, [], 'none')).toEqual([]);
      expect(await under.gateway.updateItems(under.access, [], 'none')).toEqual([]);
      expect(await under.gateway.deleteItems(under.access, 'appointment', [], 'none')).toEqual([]);
    });
  });
}
