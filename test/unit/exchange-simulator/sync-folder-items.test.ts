import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MailboxDirectory } from '../../../local/exchange/mailbox-directory.ts';
import mailboxes from '../../../local/exchange/mailboxes.json' with { type: 'json' };
import { syncFolderItems } from '../../../local/exchange/operations/sync-folder-items.ts';
import type { RequestContext } from '../../../local/exchange/request-context.ts';
import { exchangeStore, type ItemContent } from '../../../local/exchange/store.ts';
import { childOf, childText, textElement, type XmlElement, xml } from '../../../local/exchange/xml.ts';

const directory = MailboxDirectory.parse(mailboxes);

function newContext(): RequestContext {
  const clock = () => new Date('2026-07-01T08:00:00Z');
  const store = exchangeStore(undefined, clock);
  for (const { address } of directory.mailboxes) store.mailbox(address);
  const account = { kind: 'user' as const, name: 'rep1@contoso.example', mayImpersonate: [] };
  return { directory, store, clock, account, acting: directory.mailboxes[0], timeZoneId: 'UTC' };
}

const content = (subject: number): ItemContent => ({
  kind: 'CalendarItem',
  properties: { Subject: textElement('t:Subject', String(subject)) },
  extended: {},
});

function sync(context: RequestContext, state: string, maximum: number, folder = 'calendar') {
  const request = xml(
    'm:SyncFolderItems',
    {},
    xml('m:ItemShape', {}, textElement('t:BaseShape', 'Default')),
    xml('m:SyncFolderId', {}, textElement('t:DistinguishedFolderId', '', { Id: folder })),
    textElement('m:SyncState', state),
    textElement('m:MaxChangesReturned', String(maximum)),
  );
  const message = syncFolderItems(context, request).children[0]?.children[0];
  return {
    code: childText(message, 'm:ResponseCode'),
    state: childText(message, 'm:SyncState') ?? '',
    isLast: childText(message, 'm:IncludesLastItemInRange') === 'true',
    changes: childOf(message, 'm:Changes')?.children ?? [],
  };
}

/** What a careful client does with a page; it trips over a Create of what it knows, or an Update of what it does not. */
function applyPage(known: Map<string, string>, changes: readonly XmlElement[]): void {
  const met = new Set<string>();
  for (const change of changes) {
    const item = change.name === 't:Delete' ? change : change.children[0];
    const id = childOf(item, 't:ItemId')?.attributes['Id'] ?? '';
    expect(met.has(id)).toBe(false);
    met.add(id);
    if (change.name === 't:Create') expect(known.has(id)).toBe(false);
    if (change.name === 't:Update') expect(known.has(id)).toBe(true);
    if (change.name === 't:Delete') known.delete(id);
    else known.set(id, childText(item, 't:Subject') ?? '');
  }
}

describe('SyncFolderItems', () => {
  test('brings a client to the present state, whatever happens between its pages', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant({ do: 'create' as const, pick: 0 }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('update' as const), pick: fc.nat() }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), pick: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), pick: fc.nat() }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('sync' as const), pick: fc.integer({ min: 1, max: 4 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const context = newContext();
        const mailbox = context.store.mailbox('rep1@contoso.example');
        const known = new Map<string, string>();
        let state = '';
        const read = (maximum: number) => {
          const page = sync(context, state, maximum);
          expect(page.code).toBe('NoError');
          expect(page.changes.length).toBeLessThanOrEqual(maximum);
          applyPage(known, page.changes);
          state = page.state;
          return page;
        };
        steps.forEach((one, index) => {
          const items = mailbox.items('calendar');
          const picked = items[one.pick % Math.max(1, items.length)];
          if (one.do === 'create') mailbox.insert('calendar', content(index), 'Renate');
          else if (one.do === 'sync') read(one.pick);
          else if (!picked) return;
          else if (one.do === 'update') mailbox.replace(picked.id, content(index), 'Renate');
          else if (one.do === 'remove') mailbox.remove(picked.id);
          else mailbox.move(picked.id, 'deleteditems', 'Renate');
        });
        // Once for the round that is under way, once for what changed during it.
        for (let round = 0; round < 2; round += 1) while (!read(3).isLast);
        const present = mailbox.items('calendar').map((item) => item.properties['Subject']?.text);
        expect([...known.values()].sort()).toEqual([...present].sort());
        expect(read(512).changes).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test.each(['not base64!', 'AAAA', Buffer.from('{"base":0}').toString('base64')])(
    'refuses the foreign state %s',
    (state) => {
      expect(sync(newContext(), state, 10).code).toBe('ErrorInvalidSyncStateData');
    },
  );

  test('refuses the state of another folder, of another mailbox, and of before a reset', () => {
    const context = newContext();
    const { state } = sync(context, '', 10);
    expect(sync(context, state, 10).code).toBe('NoError');
    expect(sync(context, state, 10, 'tasks').code).toBe('ErrorInvalidSyncStateData');
    expect(sync({ ...context, acting: directory.mailboxes[1] }, state, 10).code).toBe('ErrorInvalidSyncStateData');
    context.store.forgetSyncStates();
    expect(sync(context, state, 10).code).toBe('ErrorInvalidSyncStateData');
  });
});
