import type { MemoryItem } from '../../../shared/adapters/memory/memory-exchange-items.ts';
import type { Activity } from '../../../shared/domain/activity.ts';
import type { EmailServerProfile } from '../../../shared/domain/email-server-profile.ts';
import { CrmUserId, type MailboxId, ProfileId, type RecordId } from '../../../shared/domain/ids.ts';
import { ItemKind, isLive } from '../../../shared/domain/item.ts';
import type { SyncRecord } from '../../../shared/domain/sync-record.ts';
import { contoso, type EngineWorld, engineWorld, rep1, rep2 } from '../engine-world.ts';
import { type LateAnswers, lateCrm, lateExchange, noLateAnswers } from './late-answers.ts';
import { type Ledger, newLedger } from './ledger.ts';
import { type Observer, observer } from './observer.ts';
import { addOtherTenant, rowsOfOtherTenant } from './other-tenant.ts';

/** Under which a history is lived through. */
export interface Conditions {
  readonly seed: number;
  readonly conflictPolicy: EmailServerProfile['conflictPolicy'];
  readonly notifyPolicy: EmailServerProfile['notifyPolicy'];
  readonly duplicateDetection: boolean;
  /** Exchange keeps bodies in other words than they were written in. */
  readonly rewritesBodies: boolean;
  /** How likely a message is delivered twice at once, and a step begins before the work of the last one is over. */
  readonly twice: number;
  readonly together: number;
  /** At which port call a process dies, one process after the other. */
  readonly deaths: readonly number[];
  /** One process does everything, timers too: its nth port call is the history's nth. */
  readonly alone: boolean;
  /** The brakes are tight. */
  readonly braked: boolean;
  /** Hashes all port calls and looks into whatever is kept or said. */
  readonly closely: boolean;
}

/** So tight that they are met in a history. */
export const tightBrakes = { deletions: 2, deletionsPercent: 0, writesPerItem: 6, mails: 3, errorPercent: 100 };

export const calm: Conditions = {
  seed: 1,
  conflictPolicy: 'crm-wins',
  notifyPolicy: 'none',
  duplicateDetection: false,
  rewritesBodies: false,
  twice: 0,
  together: 1,
  deaths: [],
  alone: false,
  braked: false,
  closely: false,
};

/** The world with what people did in it, and what the engine was seen doing. */
export interface Model {
  readonly world: EngineWorld;
  readonly ledger: Ledger;
  readonly late: LateAnswers;
  readonly observer: Observer;
  readonly conditions: Conditions;
  readonly otherTenant: string;
}

export const mailboxes = [rep1, rep2] as const;
export const userOf = (mailboxId: MailboxId) => CrmUserId.parse(mailboxId === rep1 ? 'rep1' : 'rep2');

/** Everything in a mailbox, of all kinds. */
export const itemsOf = ({ exchange }: EngineWorld, mailboxId: MailboxId): MemoryItem[] =>
  ItemKind.options.flatMap((kind): readonly MemoryItem[] => exchange.control.items(mailboxId, kind));
export const liveItems = (world: EngineWorld, mailboxId: MailboxId): MemoryItem[] =>
  itemsOf(world, mailboxId).filter(isLive);
export const recordsOf = ({ crm }: EngineWorld): SyncRecord[] => [...crm.control.records(), ...crm.control.contacts()];
export const recordOf = ({ crm }: EngineWorld, id: RecordId): SyncRecord | undefined =>
  crm.control.record(id) ?? crm.control.contact(id);
/** Whether it is to have an item: it is there, and was not called off. */
export const isWanted = (record: SyncRecord): boolean =>
  record.kind === 'contact' || (record as Activity).status !== 'cancelled';

/** What an admin has set for all mailboxes. */
export const profileOf = async ({ stores }: EngineWorld): Promise<EmailServerProfile> => {
  const profile = await stores.directory.findProfile(contoso, ProfileId.parse('main'));
  if (profile === undefined) throw new Error('the profile is gone');
  return profile.value;
};

export async function newModel(conditions: Conditions): Promise<Model> {
  const { seed, conflictPolicy, notifyPolicy, duplicateDetection, rewritesBodies, braked, closely } = conditions;
  const ledger = newLedger();
  const late = noLateAnswers();
  const seen = observer(
    ledger,
    closely,
    (id) => recordOf(world, id),
    () => world.clock.now().getTime(),
  );
  const world: EngineWorld = await engineWorld({
    seed,
    duplicateDetection,
    watch: seen.watch,
    log: seen.log,
    exchange: { rewritesBodies },
    mailbox: { syncAllDayTasks: true, syncContacts: true },
    profile: {
      minimumPollingIntervalMinutes: 0.2,
      conflictPolicy,
      notifyPolicy,
      syncAllDayTasks: true,
      taskTypeFromExchange: 'Task',
      activityKinds: { Day: 'allDayAppointment' },
      ...(braked ? { brakes: tightBrakes } : {}),
    },
    between: {
      exchange: (gateway, clock) => lateExchange(gateway, clock, late),
      crm: (gateway) => lateCrm(gateway, late),
    },
  });
  await addOtherTenant(world.stores);
  return { world, ledger, late, observer: seen, conditions, otherTenant: await rowsOfOtherTenant(world.stores) };
}
