import type { SyncedField } from '../../../shared/domain/item-mapping.ts';
import {
  changeProfile,
  crmFails,
  crmRecovers,
  deliverAgain,
  enable,
  exchangeFails,
  exchangeRecovers,
  jumpClock,
  loseFeed,
  replayAll,
  sweep,
  switchCrm,
} from './machines.ts';
import type { Model } from './model.ts';
import {
  crmCreate,
  crmCreateContact,
  crmDelete,
  crmEdit,
  crmOwner,
  crmRestore,
  crmStatus,
  exchangeTouches,
  mailboxBy,
  outlookCopy,
  outlookCreate,
  outlookDelete,
  outlookDeleteAll,
  outlookEdit,
  outlookMove,
  outlookRestore,
} from './people.ts';

/** `at` and `value` choose among what is there. */
type Act = (model: Model, at: number, value: number) => unknown;

interface Command {
  /** How often it comes, beside the others. */
  readonly weight: number;
  readonly act: Act;
}
const often = (act: Act): Command => ({ weight: 3, act });
const now = (act: Act): Command => ({ weight: 2, act });
const seldom = (act: Act): Command => ({ weight: 1, act });

const answerLate = (late: Model['late'], what: 'crm' | 'spoiledBatches'): void => {
  late[what] += 1;
};

const directed: readonly SyncedField[] = ['subject', 'notes', 'location', 'time', 'company'];

/** What people and machines do in a history: one line each. Those that need the hosts are told apart in live-through.ts. */
export const commands = {
  crmCreate: often((model, _at, value) => crmCreate(model, value)),
  crmCreateContact: seldom((model, _at, value) => crmCreateContact(model, value)),
  crmEdit: often(crmEdit),
  crmDelete: seldom(crmDelete),
  crmRestore: seldom(crmRestore),
  crmCancel: seldom((model, at) => crmStatus(model, at, 'cancelled')),
  crmComplete: seldom((model, at) => crmStatus(model, at, 'completed')),
  crmOwner: now(crmOwner),

  outlookCreate: seldom((model, _at, value) => outlookCreate(model, value, 'appointment')),
  outlookCreateTask: seldom((model, _at, value) => outlookCreate(model, value, 'task')),
  outlookCreateContact: seldom((model, _at, value) => outlookCreate(model, value, 'contact')),
  outlookCreatePrivate: seldom((model, _at, value) => outlookCreate(model, value, 'private')),
  outlookEdit: often(outlookEdit),
  outlookDelete: seldom((model, at, value) => outlookDelete(model, at, value, 'delete')),
  outlookDeleteAll: seldom((model, _at, value) => outlookDeleteAll(model, mailboxBy(value))),
  outlookPurge: seldom((model, at, value) => outlookDelete(model, at, value, 'purge')),
  outlookMove: seldom((model, at, value) => outlookMove(model, at, value, 'elsewhere')),
  outlookArchive: seldom((model, at, value) => outlookMove(model, at, value, 'archive')),
  outlookRestore: seldom(outlookRestore),
  outlookCopy: seldom(outlookCopy),
  exchangeTouches: seldom(exchangeTouches),

  webhook: { weight: 5, act: ({ world }) => world.announceCrmChanges() } as Command,
  crmPoll: seldom(() => undefined),
  sweep: seldom((model, _at, value) => sweep(model, mailboxBy(value))),
  poll: { weight: 5, act: () => undefined } as Command,
  wait: seldom(() => undefined),
  deliverAgain: now(deliverAgain),
  replay: seldom((model) => replayAll(model)),

  exchangeFails: seldom((model, at, value) => exchangeFails(model, at, mailboxBy(value))),
  exchangeRecovers: seldom((model, _at, value) => exchangeRecovers(model, value)),
  answersLate: now(({ late }, _at, value) => late.exchange.push([0, 40_000, 60_000][value % 3] ?? 0)),
  answersOfCrmLate: seldom(({ late }) => answerLate(late, 'crm')),
  oneOfBatchFails: seldom(({ late }) => answerLate(late, 'spoiledBatches')),
  enable: seldom(({ world }, _at, value) => enable(world, mailboxBy(value))),
  crmFails: seldom((model, at) => crmFails(model, at)),
  crmRecovers: seldom((model, _at, value) => crmRecovers(model, value)),
  crmLags: seldom(({ world }) => world.crm.control.setLag('all')),
  crmIsCurrent: seldom(({ world }) => world.crm.control.setLag('none')),
  crmOff: seldom((model) => switchCrm(model, false)),
  crmOn: seldom((model) => switchCrm(model, true)),
  syncStateLost: seldom((model, _at, value) => loseFeed(model, mailboxBy(value), 'states')),
  mailboxMoved: seldom((model, _at, value) => loseFeed(model, mailboxBy(value), 'move')),
  clockJumps: seldom((model, _at, value) => jumpClock(model, [-10, 75, 26 * 60][value % 3] ?? 0)),

  conflictPolicy: seldom((model, _at, value) =>
    changeProfile(model, {
      conflictPolicy: (['crm-wins', 'exchange-wins', 'newest-wins'] as const)[value % 3] ?? 'crm-wins',
    }),
  ),
  fieldDirection: seldom((model, at, value) => {
    const field = directed[at % directed.length] ?? 'subject';
    model.ledger.directed.add(field);
    return changeProfile(model, { fieldDirections: { [field]: value % 2 === 0 ? 'toExchange' : 'toCrm' } });
  }),
  types: seldom((model, _at, value) => {
    if (value % 2 === 0) return changeProfile(model, { activityTypesToExchange: 'all' });
    model.ledger.leftOut.add('Call');
    return changeProfile(model, { activityTypesToExchange: ['Appointment', 'Day', 'Outlook event', 'Task'] });
  }),
} satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;

export interface Step {
  readonly do: CommandName;
  readonly at: number;
  readonly value: number;
}

export const act = async (model: Model, { do: what, at, value }: Step): Promise<void> => {
  const command: Command = commands[what];
  await command.act(model, at, value);
};
