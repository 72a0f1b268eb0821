import type { AppointmentDraft, AppointmentPatch, ItemRef, Notify } from '../../domain/appointment.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { SyncError } from '../../domain/sync-error.ts';
import type { Log } from '../../ports/log.ts';
import { calendarFolder } from './ews-folders.ts';
import { itemOfDraft, itemOfPatch, refusalOfTime } from './ews-items.ts';
import { leftOut } from './ews-library.ts';
import { outcomesOf, refIn } from './ews-outcomes.ts';
import type { EwsCall, EwsSession } from './ews-session.ts';

interface Change {
  readonly item: ItemRef;
  readonly patch: AppointmentPatch;
}

export interface EwsWrites {
  create(call: EwsCall, drafts: readonly AppointmentDraft[], notify: Notify): Promise<Outcome<ItemRef>[]>;
  update(call: EwsCall, changes: readonly Change[], notify: Notify): Promise<Outcome<ItemRef>[]>;
  delete(call: EwsCall, items: readonly ItemRef[], notify: Notify): Promise<Outcome<void>[]>;
}

/** Sends what has no outcome yet as one request, and puts the outcomes back into their places. */
async function sendRest<I, T>(
  inputs: readonly I[],
  decided: (input: I) => Outcome<T> | undefined,
  send: (rest: readonly I[]) => Promise<Outcome<T>[]>,
): Promise<Outcome<T>[]> {
  const known = inputs.map(decided);
  const rest = inputs.filter((_input, index) => known[index] === undefined);
  const sent = rest.length === 0 ? [] : await send(rest);
  const next = sent.values();
  return known.flatMap((outcome) => {
    const value = outcome ?? next.next().value;
    return value === undefined ? [] : [value];
  });
}

const orSend = (refusal: SyncError | undefined) => (refusal === undefined ? undefined : failed(refusal));
const saysSomething = (patch: AppointmentPatch) => Object.values(patch).some((field) => field !== undefined);

/** One batch each: one request, one answer for each item. The codes come from the answer itself, not from the library. */
export function ewsWrites(session: EwsSession, log: Log): EwsWrites {
  return {
    create: (call, drafts, notify) =>
      sendRest(
        drafts,
        (draft) => orSend(refusalOfTime(draft)),
        async (rest) => {
          const { answer } = await session.request(call, 'write', (library, service) => {
            const { SendToNone, SendOnlyToAll } = library.SendInvitationsMode;
            const items = rest.map((draft) => itemOfDraft({ library, log }, service, draft));
            const folder = calendarFolder(library, call.access);
            return service.CreateItems(items, folder, leftOut, notify === 'all' ? SendOnlyToAll : SendToNone);
          });
          return outcomesOf(answer, rest.length, 'write', refIn);
        },
      ),

    update: (call, changes, notify) =>
      sendRest(
        changes,
        ({ item, patch }) => {
          if (!saysSomething(patch)) return succeeded(item);
          return patch.time === undefined ? undefined : orSend(refusalOfTime(patch.time));
        },
        async (rest) => {
          const { answer } = await session.request(call, 'write', (library, service) => {
            const { SendToNone, SendOnlyToAll } = library.SendInvitationsOrCancellationsMode;
            const items = rest.map(({ item, patch }) => itemOfPatch({ library, log }, service, item, patch));
            const { NeverOverwrite } = library.ConflictResolutionMode;
            const mode = notify === 'all' ? SendOnlyToAll : SendToNone;
            return service.UpdateItems(items, leftOut, NeverOverwrite, leftOut, mode);
          });
          return outcomesOf(answer, rest.length, 'write', refIn);
        },
      ),

    delete: async (call, items, notify) => {
      const { answer } = await session.request(call, 'write', (library, service) => {
        const { SendToNone, SendOnlyToAll } = library.SendCancellationsMode;
        const ids = items.map((item) => new library.ItemId(item.itemId));
        const mode = notify === 'all' ? SendOnlyToAll : SendToNone;
        return service.DeleteItems(ids, library.DeleteMode.MoveToDeletedItems, mode, leftOut);
      });
      return outcomesOf(answer, items.length, 'write', () => succeeded(undefined));
    },
  };
}
