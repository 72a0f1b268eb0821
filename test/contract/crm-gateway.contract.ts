import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Activity, ActivityDraft } from '../../shared/domain/activity.ts';
import { CrmUserId, type CrmVersion, compareVersions, type OperationId, RecordId } from '../../shared/domain/ids.ts';
import { CrmConnection } from '../../shared/domain/organization.ts';
import { SyncError } from '../../shared/domain/sync-error.ts';
import type { CrmGateway, RecordChange } from '../../shared/ports/crm-gateway.ts';

/** A CRM to prove a gateway on: what its own users do there goes through `users`. */
export interface CrmUnderTest {
  readonly gateway: CrmGateway;
  readonly baseUrl: string;
  readonly users: {
    create(subject: string): Promise<Activity>;
    rename(id: RecordId, subject: string): Promise<void>;
    delete(id: RecordId): Promise<void>;
  };
  close(): Promise<void>;
}

const rejection = async (promise: Promise<unknown>): Promise<SyncError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SyncError);
  return error as SyncError;
};

/** What every CrmGateway must do, signed by each. */
export function describeCrmGateway(name: string, start: () => Promise<CrmUnderTest>): void {
  describe(`${name} as a CrmGateway`, () => {
    let crm: CrmUnderTest;
    let connection: CrmConnection;
    beforeAll(async () => {
      crm = await start();
      connection = CrmConnection.parse({
        id: 'main',
        organizationId: 'contoso',
        name: 'CRM',
        baseUrl: crm.baseUrl,
        tokenSecretName: 'crm-token',
        webhookSecretNames: ['crm-webhook'],
      });
    });
    afterAll(() => crm.close());

    const draft: ActivityDraft = {
      kind: 'activity',
      type: 'Appointment',
      ownerId: CrmUserId.parse('rep1'),
      subject: 'From Outlook – ünïcode 🎈',
      description: 'one\ntwo',
      location: 'Garden',
      allDay: false,
      start: '2030-05-06T14:00:00.000Z',
      end: '2030-05-06T15:00:00.000Z',
      timeZone: 'Europe/Berlin',
      status: 'open',
      origin: 'exchange',
    };
    let operations = 0;
    const operation = () => `operation-${name}-${operations++}` as OperationId;
    const make = () => crm.gateway.createRecord(connection, draft, operation());
    const read = async (id: RecordId) => (await crm.gateway.readRecords(connection, [id]))[0];

    test('reads what is there, what was deleted and what never was, in the order asked', async () => {
      const present = await crm.users.create('Here');
      const deleted = await crm.users.create('Gone');
      await crm.users.delete(deleted.id);
      const never = RecordId.parse('never / was?');
      const reads = await crm.gateway.readRecords(connection, [never, deleted.id, present.id]);
      expect(reads.map(({ state }) => state)).toEqual(['missing', 'deleted', 'present']);
      expect(reads[2]).toEqual({ state: 'present', record: present });
      const deletion = reads[1]?.state === 'deleted' ? reads[1].version : ('0' as CrmVersion);
      expect(compareVersions(deletion, deleted.version)).toBeGreaterThan(0);
    });

    test('reads nothing when asked for nothing', async () => {
      expect(await crm.gateway.readRecords(connection, [])).toEqual([]);
    });

    test('makes a record with all that was drafted, of origin exchange and about nobody', async () => {
      const made = await make();
      expect(made).toMatchObject(draft);
      expect(made.links.individual).toBeUndefined();
      expect(await read(made.id)).toEqual({ state: 'present', record: made });
    });

    test('makes one record for one operation, however often and at once it is asked', async () => {
      const same = operation();
      const made = await Promise.all([1, 2, 3].map(() => crm.gateway.createRecord(connection, draft, same)));
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      expect(await crm.gateway.createRecord(connection, { ...draft, subject: 'Other' }, same)).toEqual(made[0]);
    });

    test('finds what an operation made until it is deleted, and then refuses to make it again', async () => {
      const same = operation();
      expect(await crm.gateway.findRecordByOperation(connection, 'activity', same)).toBeUndefined();
      const made = await crm.gateway.createRecord(connection, draft, same);
      expect(await crm.gateway.findRecordByOperation(connection, 'activity', same)).toEqual(made);
      await crm.users.delete(made.id);
      expect(await crm.gateway.findRecordByOperation(connection, 'activity', same)).toBeUndefined();
      expect((await rejection(crm.gateway.createRecord(connection, draft, same))).kind).toBe('notFound');
    });

    test('changes the fields that are named and gives the record a newer version', async () => {
      const made = await make();
      const patch = {
        kind: 'activity' as const,
        subject: 'Moved',
        start: '2030-05-07T14:00:00.000Z',
        end: '2030-05-07T15:00:00.000Z',
      };
      const changed = await crm.gateway.updateRecord(connection, made.id, made.version, patch);
      const { version, modifiedAt } = changed;
      expect(changed).toEqual({ ...made, ...patch, version, modifiedAt });
      expect(compareVersions(version, made.version)).toBeGreaterThan(0);
      expect(await read(made.id)).toEqual({ state: 'present', record: changed });
    });

    test('leaves alone what was changed in the meantime, and says conflict', async () => {
      const made = await make();
      await crm.users.rename(made.id, 'By a user');
      const late = crm.gateway.updateRecord(connection, made.id, made.version, { kind: 'activity', subject: 'By us' });
      expect((await rejection(late)).kind).toBe('conflict');
      const deletion = crm.gateway.deleteRecord(connection, made.id, made.version);
      expect((await rejection(deletion)).kind).toBe('conflict');
      expect(await read(made.id)).toMatchObject({ state: 'present', record: { subject: 'By a user' } });
    });

    test('deletes with a version that reads give from then on; again, it is gone already', async () => {
      const made = await make();
      const version = await crm.gateway.deleteRecord(connection, made.id, made.version);
      expect(await read(made.id)).toEqual({ state: 'deleted', version });
      const again = await crm.gateway
        .deleteRecord(connection, made.id, made.version)
        .catch((error: SyncError) => error.kind);
      expect([version, 'notFound']).toContain(again);
    });

    test('says notFound for writes to what is gone or never was', async () => {
      const made = await make();
      await crm.users.delete(made.id);
      for (const id of [made.id, RecordId.parse('never')]) {
        const late = crm.gateway.updateRecord(connection, id, made.version, { kind: 'activity', subject: 'x' });
        expect((await rejection(late)).kind).toBe('notFound');
      }
      const never = crm.gateway.deleteRecord(connection, RecordId.parse('never'), made.version);
      expect((await rejection(never)).kind).toBe('notFound');
    });

    test('starts the feed with now and nothing listed, then lists every change in the order of commits', async () => {
      await crm.users.create('Before');
      const begin = await crm.gateway.listChanges(connection, undefined, 300);
      expect({ changes: begin.changes, more: begin.more }).toEqual({ changes: [], more: false });
      const a = await crm.users.create('A');
      const b = await make();
      await crm.users.rename(a.id, 'A2');
      await crm.users.delete(b.id);
      const changes: RecordChange[] = [];
      let watermark = begin.watermark;
      for (let more = true; more; ) {
        const page = await crm.gateway.listChanges(connection, watermark, 0);
        changes.push(...page.changes);
        ({ watermark, more } = page);
      }
      expect(changes.map(({ recordId }) => recordId).slice(-2)).toEqual([a.id, b.id]);
      expect(changes.map(({ kind }) => kind).slice(-2)).toEqual(['updated', 'deleted']);
      expect(changes.every(({ ownerId }) => ownerId === 'rep1')).toBe(true);
      expect(changes.findLast(({ recordId }) => recordId === b.id)?.version).toBe(
        (await read(b.id).then((entry) => entry?.state === 'deleted' && entry.version)) || '',
      );
      expect(await crm.gateway.listChanges(connection, watermark, 0)).toEqual({ changes: [], watermark, more: false });
    });

    test('lists an overlap again, and comes to an end although every call asks for it', async () => {
      const { watermark: begin } = await crm.gateway.listChanges(connection, undefined, 0);
      const made = await crm.users.create('Overlap');
      const { watermark: end } = await crm.gateway.listChanges(connection, begin, 0);
      let listed = 0;
      for (let at = end, more = true, pages = 0; more; pages += 1) {
        expect(pages).toBeLessThan(100);
        const page = await crm.gateway.listChanges(connection, at, 300);
        listed += page.changes.filter(({ recordId }) => recordId === made.id).length;
        ({ watermark: at, more } = page);
      }
      expect(listed).toBe(1);
    });

    test('names the users with their addresses, and answers a probe', async () => {
      const users = await crm.gateway.listUsers(connection);
      expect(users).toContainEqual(
        expect.objectContaining({ id: 'rep1', email: 'rep1@contoso.example', active: true }),
      );
      await crm.gateway.probe(connection);
    });
  });
}
