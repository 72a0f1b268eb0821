import type { Focus } from '../support/model/histories.ts';
import type { InvariantName } from '../support/model/invariants.ts';

type Replacements = readonly (readonly [text: string, by: string])[];

/** A guard of the product, and how to take it out. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Exact texts, each to be found once in the file, and what takes their place. */
  readonly replace: Replacements;
  /** The second of two guards that hold each other up: taken out as well. */
  readonly also?: { readonly file: string; readonly replace: Replacements };
  /** Few kinds of acts and tight conditions, where the guard is for something rare. */
  readonly focus?: Focus;
  /** What is looked for: a history that breaks an invariant, or a plan that breaks a rule. */
  readonly search: 'histories' | 'plans';
  /** The invariants that it may be caught by; several, where one guard holds up more than one. */
  readonly breaks: readonly (InvariantName | 'plan')[];
}

const engine = (
  name: string,
  file: string,
  replace: Mutant['replace'],
  ...breaks: readonly InvariantName[]
): Mutant => ({ name, file, replace, search: 'histories', breaks });
const planner = (name: string, replace: Mutant['replace']): Mutant => ({
  name,
  file: 'shared/domain/plan-sync.ts',
  replace,
  search: 'plans',
  breaks: ['plan'],
});

/** Each guard of the engine, removed one at a time: a proof that the tests have teeth. */
export const mutants: readonly Mutant[] = [
  engine(
    'the intent row keeps nobody from creating',
    'shared/sync/create-item.ts',
    [
      [
        "if (inserted === undefined) throw new StoreConflict('the mapping');",
        "if (inserted === undefined) return commitCreate(deps, scope, record, { value: intent, etag: 'none' });",
      ],
    ],
    'I2',
  ),
  engine(
    'the stamp is not looked for',
    'shared/sync/look-up-item.ts',
    [['return found.filter(isLive);', 'return found.filter(() => false);']],
    'I1',
    'I2',
    'I4',
    'I15',
  ),
  engine(
    'mappings are saved whoever changed them meanwhile',
    'shared/adapters/memory/memory-rows.ts',
    [['rowsOf(partition).get(row)?.etag === etag ? put(', 'rowsOf(partition).has(row) ? put(']],
    'I1',
    'I2',
    'I4',
    'I5',
    'I15',
  ),
  engine(
    'a tombstone keeps nobody from coming back',
    'shared/domain/plan-sync.ts',
    [
      [
        "return older ? nothing('older than the deletion') : planNewItem(",
        "return older && false ? nothing('') : planNewItem(",
      ],
    ],
    'I4',
    'I15',
    'I1',
  ),
  {
    ...engine(
      'our own write is recognised neither by its change key nor by its fingerprints',
      'shared/domain/plan-sync.ts',
      [
        [
          'if (item.changeKey === mapping.changeKey) return',
          "if (item.changeKey === mapping.changeKey.concat('!')) return",
        ],
      ],
      'I7',
    ),
    also: {
      file: 'shared/sync/create-item.ts',
      replace: [
        [
          'exchange: rules.printsOfItemDraft(draft, context) },\n    confirmed: false,',
          "exchange: { subject: 'unknown' } },\n    confirmed: false,",
        ],
      ],
    },
  },
  engine(
    'the cursor is saved before what it passed is queued',
    'shared/sync/read-mailbox-feed.ts',
    [
      ['    await deps.changes.send(news.map((change) => ({ body: messageOf(deps, key, kind, change) })));\n', ''],
      [
        '      state = { value: page.syncState, etag };\n',
        '      state = { value: page.syncState, etag };\n      await deps.changes.send(news.map((change) => ({ body: messageOf(deps, key, kind, change) })));\n',
      ],
    ],
    'I1',
    'I15',
  ),
  engine(
    'guests are told whatever the profile says',
    'shared/domain/notify-policy.ts',
    [["return policy === 'internal' && guests.outside === 0 ? 'all' : 'none';", "return 'all';"]],
    'I8',
  ),
  engine(
    'Exchange is written to whatever was changed there meanwhile',
    'shared/adapters/memory/memory-exchange-writing.ts',
    [['    if (item.changeKey !== ref.changeKey) return failed(itemRefusals.changed());\n', '']],
    'I6',
    'I7',
    'I15',
  ),
  engine(
    'a record may have an item in two mailboxes',
    'shared/sync/create-item.ts',
    [["  if (home.value.mailboxId !== box.mailboxId) return { kind: 'elsewhere', home };\n", '']],
    'I2',
    'I15',
  ),
  engine(
    'nobody waits for the lease of an earlier create',
    'shared/sync/create-item.ts',
    [
      [
        "  if (left > 0) return { kind: 'later', afterMs: left + 1_000, why: 'an earlier create may still commit' };\n",
        '',
      ],
    ],
    'I2',
  ),
  engine(
    'each try to make a record is an operation of its own',
    'shared/sync/create-record.ts',
    [
      [
        'crm.createRecord(scope.connection, draft, claim.value.operationId as OperationId)',
        'crm.createRecord(scope.connection, draft, deps.random.id() as OperationId)',
      ],
    ],
    'I1',
    'I3',
    'I15',
  ),
  {
    ...engine(
      'no brake on deletions',
      'shared/sync/safety/may-write.ts',
      [["if (seen > limit) throw await standStill(deps, box, { brake: 'massDeletion', seen, limit }, kind);", '']],
      'I10',
    ),
    focus: {
      acts: ['crmCreate', 'crmCreate', 'webhook', 'poll', 'poll', 'outlookDeleteAll'],
      conditions: { braked: true, deaths: [], together: 1 },
    },
  },
  engine(
    'our own item counts as told of by the feed',
    'shared/sync/create-item.ts',
    [
      [
        'exchange: rules.printsOfItemDraft(draft, context) },\n    confirmed: false,',
        'exchange: rules.printsOfItemDraft(draft, context) },\n    confirmed: true,',
      ],
    ],
    'I1',
    'I15',
  ),
  engine(
    'an item that is not found under its id counts as deleted',
    'shared/sync/look-up-item.ts',
    [["if (!look.known || look.state === 'present') return look;\n  const stamped", 'return look;\n  const stamped']],
    'I3',
    'I15',
  ),
  engine(
    'an adopted item has no base',
    'shared/sync/create-item.ts',
    [['(intent.value.generation === 0 ? intent.value.made : undefined) ?? {', '{']],
    'I1',
    'I6',
    'I7',
    'I8',
  ),
  engine(
    'contents are logged',
    'shared/sync/create-item.ts',
    [
      [
        '    item = await writing(',
        "    deps.log.info({ draft: JSON.stringify(draft) }, 'made');\n    item = await writing(",
      ],
    ],
    'I14',
  ),
  engine(
    'mailboxes of all organizations share their rows',
    'shared/domain/keys.ts',
    [
      [
        'mailbox: (organization: OrganizationId, mailbox: MailboxId) =>',
        'mailbox: (_organization: OrganizationId, mailbox: MailboxId) => String(mailbox) ||',
      ],
    ],
    'I11',
    'I1',
    'I15',
  ),
  engine(
    'chance that no seed governs',
    'shared/sync/create-item.ts',
    [
      [
        'attemptId: deps.random.id(),\n    leaseUntil: new Date(deps.clock',
        'attemptId: String(Math.random()),\n    leaseUntil: new Date(deps.clock',
      ],
    ],
    'I18',
  ),
  planner('what Exchange says wins whatever the policy', [
    ["case 'crm-wins':\n      return true;", "case 'crm-wins':\n      return false;"],
  ]),
  planner('directions of fields are not kept to', [
    ["return direction === 'both' || direction === way;", 'return true;'],
  ]),
  planner('an older record is compared', [
    ['if (record.known && item.known && isOlder(record, mapping)) {', 'if (item.known && item.state === undefined) {'],
  ]),
  planner("somebody else's meeting is written", [
    ["if (way === 'toExchange' && attendeeCopy === true && !ownOfAttendee.includes(field)) return false;", ''],
  ]),
];
