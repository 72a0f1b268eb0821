import type { ItemKind, ItemRef, Notify } from '../../domain/item.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { SyncError } from '../../domain/sync-error.ts';
import type { ItemDraft, ItemPatch } from '../../domain/sync-item.ts';
import type { Log } from '../../ports/log.ts';
import { refusalOfTime } from './ews-appointments.ts';
import { folderOf } from './ews-folders.ts';
import { itemOfDraft, itemOfPatch } from './ews-items.ts';
import { type EwsLibrary, leftOut } from './ews-library.ts';
import { outcomesOf, refIn } from './ews-outcomes.ts';
import type { EwsCall, EwsSession } from './ews-session.ts';

export interface ItemChangeToSend {
  readonly item: ItemRef;
  readonly patch: ItemPatch;
}

export interface EwsWrites {
  create(call: EwsCall, drafts: readonly ItemDraft[], notify: Notify): Promise<Outcome<ItemRef>[]>;
  update(call: EwsCall, changes: readonly ItemChangeToSend[], notify: Notify): Promise<Outcome<ItemRef>[]>;
  delete(call: EwsCall, kind: ItemKind, items: readonly ItemRef[], notify: Notify): Promise<Outcome<void>[]>;
}

/** Sends what has no outcome yet, one request for each group, and puts the outcomes back into their places. */
export async function sendGrouped<I, T>(
  inputs: readonly I[],
  decided: (input: I) => Outcome<T> | undefined,
  groupOf: (input: I) => string,
  send: (group: readonly I[]) => Promise<Outcome<T>[]>,
): Promise<Outcome<T>[]> {
  const outcomes = inputs.map(decided);
  const groups = new Map<string, number[]>();
  for (const [index, input] of inputs.entries()) {
    if (outcomes[index] !== undefined) continue;
    const group = groupOf(input);
    groups.set(group, [...(groups.get(group) ?? []), index]);
  }
  for (const indexes of groups.values()) {
    const sent = await send(indexes.map((index) => inputs[index] as I));
    for (const [position, index] of indexes.entries()) outcomes[index] = sent[position];
  }
  return outcomes.filter((outcome) => outcome !== undefined);
}

const orSend = (refusal: SyncError | undefined) => (refusal === undefined ? undefined : failed(refusal));
const saysSomething = ({ kind: _kind, ...patch }: ItemPatch) =>
  Object.values(patch).some((field) => field !== undefined);

/** Only meetings have people to tell: items of other kinds must not say whom. */
function invitationsMode(library: EwsLibrary, kind: ItemKind, notify: Notify) {
  const { SendToNone, SendOnlyToAll } = library.SendInvitationsMode;
  return kind !== 'appointment' ? leftOut : notify === 'all' ? SendOnlyToAll : SendToNone;
}

function updatesMode(library: EwsLibrary, kind: ItemKind, notify: Notify) {
  const { SendToNone, SendOnlyToAll } = library.SendInvitationsOrCancellationsMode;
  return kind !== 'appointment' ? leftOut : notify === 'all' ? SendOnlyToAll : SendToNone;
}

function cancellationsMode(library: EwsLibrary, kind: ItemKind, notify: Notify) {
  const { SendToNone, SendOnlyToAll } = library.SendCancellationsMode;
  return kind !== 'appointment' ? leftOut : notify === 'all' ? SendOnlyToAll : SendToNone;
}

/** One batch each: one request, one answer for each item. The codes come from the answer itself, not from the library. */
export function ewsWrites(session: EwsSession, log: Log): EwsWrites {
  return {
    create: (call, drafts, notify) =>
      sendGrouped(
        drafts,
        (draft) => (draft.kind === 'appointment' ? orSend(refusalOfTime(draft)) : undefined),
        ({ kind }) => kind,
        async (group) => {
          const kind = group[0]?.kind ?? 'appointment';
          const { answer } = await session.request(call, 'write', (library, service) => {
            const items = group.map((draft) => itemOfDraft({ library, log }, service, draft));
            const folder = folderOf(library, call.access, kind);
            return service.CreateItems(items, folder, leftOut, invitationsMode(library, kind, notify));
          });
          return outcomesOf(answer, group.length, 'write', refIn);
        },
      ),

    update: (call, changes, notify) =>
      sendGrouped(
        changes,
        ({ item, patch }) => {
          if (!saysSomething(patch)) return succeeded(item);
          if (patch.kind !== 'appointment' || patch.time === undefined) return undefined;
          return orSend(refusalOfTime(patch.time));
        },
        ({ patch: { kind } }) => kind,
        async (group) => {
          const kind = group[0]?.patch.kind ?? 'appointment';
          const { answer } = await session.request(call, 'write', (library, service) => {
            const items = group.map(({ item, patch }) => itemOfPatch({ library, log }, service, item, patch));
            const { NeverOverwrite } = library.ConflictResolutionMode;
            return service.UpdateItems(items, leftOut, NeverOverwrite, leftOut, updatesMode(library, kind, notify));
          });
          return outcomesOf(answer, group.length, 'write', refIn);
        },
      ),

    delete: async (call, kind, items, notify) => {
      const { answer } = await session.request(call, 'write', (library, service) => {
        const ids = items.map((item) => new library.ItemId(item.itemId));
        const { MoveToDeletedItems } = library.DeleteMode;
        const mode = cancellationsMode(library, kind, notify);
        // A task that repeats is deleted whole: Exchange wants that said of every task.
        const tasks = kind === 'task' ? library.AffectedTaskOccurrence.AllOccurrences : leftOut;
        return service.DeleteItems(ids, MoveToDeletedItems, mode, tasks);
      });
      return outcomesOf(answer, items.length, 'write', () => succeeded(undefined));
    },
  };
}
