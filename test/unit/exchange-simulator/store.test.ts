import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exchangeStore, type ItemContent } from '../../../local/exchange/store.ts';
import { textElement } from '../../../local/exchange/xml.ts';

const rep1 = 'rep1@contoso.example';
const clock = () => new Date('2026-07-01T08:00:00Z');
const content = (subject: string): ItemContent => ({
  kind: 'CalendarItem',
  properties: { Subject: textElement('t:Subject', subject) },
  extended: {},
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'exchange-store-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the store of the Exchange simulator', () => {
  test('is the same after a restart: items, what was deleted, mails and the age of SyncStates', () => {
    const before = exchangeStore(directory, clock);
    const mailbox = before.mailbox(rep1);
    const kept = mailbox.insert('calendar', content('kept'), 'Renate');
    mailbox.replace(kept.id, content('kept 2'), 'Renate');
    mailbox.remove(mailbox.insert('calendar', content('gone'), 'Renate').id);
    before.recordMail({ mailbox: rep1, kind: 'request', recipients: ['a@b.example'], subject: 's' });
    before.forgetSyncStates();
    // No close: a killed process does not close either.

    const after = exchangeStore(directory, clock);
    const again = after.mailbox('REP1@contoso.example');
    expect(again.guid).toBe(mailbox.guid);
    expect(again.version()).toBe(mailbox.version());
    expect(again.items('calendar')).toEqual(mailbox.items('calendar'));
    expect(again.tombstones('calendar')).toEqual(mailbox.tombstones('calendar'));
    expect(after.mails()).toEqual(before.mails());
    expect(after.syncEpoch()).toBe(2);
    before.close();
    after.close();
  });

  test('drops a line that a crash cut off, and keeps all before it', () => {
    const before = exchangeStore(directory, clock);
    before.mailbox(rep1).insert('calendar', content('kept'), 'Renate');
    before.close();
    appendFileSync(path.join(directory, 'journal.jsonl'), '{"type":"item","addr');
    const after = exchangeStore(directory, clock);
    expect(after.mailbox(rep1).items('calendar')).toHaveLength(1);
    after.close();
  });

  test('compacts its journal when it starts', () => {
    const before = exchangeStore(directory, clock);
    const { id } = before.mailbox(rep1).insert('calendar', content('0'), 'Renate');
    for (let count = 1; count <= 50; count += 1) before.mailbox(rep1).replace(id, content(String(count)), 'Renate');
    before.close();
    exchangeStore(directory, clock).close();
    expect(readFileSync(path.join(directory, 'journal.jsonl'), 'utf8').trim().split('\n').length).toBeLessThan(5);
  });

  test('a move makes a new item and leaves a tombstone', () => {
    const mailbox = exchangeStore(undefined, clock).mailbox(rep1);
    const item = mailbox.insert('calendar', content('moved'), 'Renate');
    const moved = mailbox.move(item.id, 'deleteditems', 'Renate');
    expect(moved.id).not.toBe(item.id);
    expect(mailbox.item(item.id)).toBeUndefined();
    expect(mailbox.tombstones('calendar').map((tombstone) => tombstone.id)).toEqual([item.id]);
  });
});
