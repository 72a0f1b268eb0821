import type { AppointmentPatch } from '../../domain/appointment.ts';
import type { ItemKind, ItemRef, Notify } from '../../domain/item.ts';
import { isOccurrence } from '../../domain/occurrence-key.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Series } from '../../domain/recurrence.ts';
import { type SyncError, toSyncError } from '../../domain/sync-error.ts';
import type { ItemDraft, ItemPatch } from '../../domain/sync-item.ts';
import type { Log } from '../../ports/log.ts';
import { refusalOfTime } from './ews-appointments.ts';
import { toEwsSyncError } from './ews-errors.ts';
import { folderOf } from './ews-folders.ts';
import { itemOfDraft, itemOfPatch } from './ews-items.ts';
import { leftOut } from './ews-library.ts';
import { cancellationsMode, invitationsMode, updatesMode } from './ews-notify.ts';
import { deleteOccurrenceItems, updateOccurrences } from './ews-occurrence-writes.ts';
import { inBatches, notSent, outcomesOf, refIn } from './ews-outcomes.ts';
import { completeSeries, updateSeries } from './ews-series-writes.ts';
import type { EwsCall, EwsSession } from './ews-session.ts';

interface ItemChangeToSend {
  readonly item: ItemRef;
  readonly patch: ItemPatch;
}

interface EwsWrites {
  create(call: EwsCall, drafts: readonly ItemDraft[], notify: Notify): Promise<Outcome<ItemRef>[]>;
  update(call: EwsCall, changes: readonly ItemChangeToSend[], notify: Notify): Promise<Outcome<ItemRef>[]>;
  delete(call: EwsCall, kind: ItemKind, items: readonly ItemRef[], notify: Notify): Promise<Outcome<void>[]>;
}

/** Sends what has no outcome yet, one request for each group, and puts the outcomes back into their places. */
async function sendGrouped<I, T>(
  inputs: readonly I[],
  decided: (input: I) => Outcome<T> | undefined,
  groupOf: (input: I) => string,
  send: (group: readonly I[], name: string) => Promise<Outcome<T>[]>,
): Promise<Outcome<T>[]> {
  const outcomes = inputs.map(decided);
  const groups = new Map<string, number[]>();
  for (const [index, input] of inputs.entries()) {
    if (outcomes[index] !== undefined) continue;
    const group = groupOf(input);
    groups.set(group, [...(groups.get(group) ?? []), index]);
  }
  let trouble: SyncError | undefined;
  for (const [name, indexes] of groups) {
    const group = indexes.map((index) => inputs[index] as I);
    let sent: readonly Outcome<T>[];
    if (trouble === undefined) {
      try {
        sent = await send(group, name);
      } catch (thrown) {
        // What an earlier group has done must not be lost.
        if (outcomes.every((outcome) => outcome === undefined)) throw thrown;
        const error = toSyncError(thrown);
        trouble = notSent(error);
        sent = group.map(() => failed(error));
      }
    } else sent = group.map(() => failed(trouble as SyncError));
    for (const [position, index] of indexes.entries()) outcomes[index] = sent[position];
  }
  return outcomes.filter((outcome) => outcome !== undefined);
}

/** One after the other, where each is several requests. */
const eachInTurn = <I, T>(inputs: readonly I[], act: (input: I) => Promise<Outcome<T>>): Promise<Outcome<T>[]> =>
  inBatches(inputs, 1, (batch) => Promise.all(batch.map(act)));

interface AppointmentChange {
  readonly item: ItemRef;
  readonly patch: AppointmentPatch;
}

interface SeriesChange {
  readonly item: ItemRef;
  readonly patch: AppointmentPatch & { readonly series: Series };
}

const orSend = (refusal: SyncError | undefined) => (refusal === undefined ? undefined : failed(refusal));
const saysSomething = ({ kind: _kind, ...patch }: ItemPatch) =>
  Object.values(patch).some((field) => field !== undefined);

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
          const made = outcomesOf(answer, group.length, 'write', refIn);
          const outcomes: Outcome<ItemRef>[] = [];
          for (const [index, outcome] of made.entries()) {
            const draft = group[index];
            const isSeries = outcome.ok && draft?.kind === 'appointment' && draft.series !== undefined;
            outcomes.push(isSeries ? await completeSeries(session, log, call, outcome.value, draft, notify) : outcome);
          }
          return outcomes;
        },
      ),

    update: (call, changes, notify) => {
      const send = async (group: readonly ItemChangeToSend[]) => {
        const kind = group[0]?.patch.kind ?? 'appointment';
        const { answer } = await session.request(call, 'write', (library, service) => {
          const items = group.map(({ item, patch }) => itemOfPatch({ library, log }, service, item, patch));
          const { NeverOverwrite } = library.ConflictResolutionMode;
          return service.UpdateItems(items, leftOut, NeverOverwrite, leftOut, updatesMode(library, kind, notify));
        });
        return outcomesOf(answer, group.length, 'write', refIn);
      };
      const sendMaster = async (item: ItemRef, patch: AppointmentPatch) =>
        (await send([{ item, patch }]))[0] ??
        failed(toEwsSyncError({ kind: 'answer', code: 'AnswerIncomplete' }, 'write'));
      return sendGrouped(
        changes,
        ({ item, patch }) => {
          if (!saysSomething(patch)) return succeeded(item);
          if (patch.kind !== 'appointment' || patch.time === undefined) return undefined;
          return orSend(refusalOfTime(patch.time));
        },
        ({ item, patch }) => {
          if (isOccurrence(item.itemId)) return 'occurrence';
          return patch.kind === 'appointment' && patch.series ? 'series' : patch.kind;
        },
        (group, name) => {
          if (name === 'occurrence') return updateOccurrences(session, log, call, group as AppointmentChange[], notify);
          if (name !== 'series') return send(group);
          return eachInTurn(group as SeriesChange[], ({ item, patch }) =>
            updateSeries(session, log, call, item, patch, notify, sendMaster),
          );
        },
      );
    },

    delete: (call, kind, items, notify) =>
      sendGrouped(
        items,
        () => undefined,
        ({ itemId }) => (isOccurrence(itemId) ? 'occurrence' : kind),
        async (group, name) => {
          if (name === 'occurrence') return deleteOccurrenceItems(session, log, call, group, notify);
          const { answer } = await session.request(call, 'write', (library, service) => {
            const ids = group.map((item) => new library.ItemId(item.itemId));
            const { MoveToDeletedItems } = library.DeleteMode;
            const mode = cancellationsMode(library, kind, notify);
            // A task that repeats is deleted whole: Exchange wants that said of every task.
            const tasks = kind === 'task' ? library.AffectedTaskOccurrence.AllOccurrences : leftOut;
            return service.DeleteItems(ids, MoveToDeletedItems, mode, tasks);
          });
          return outcomesOf(answer, group.length, 'write', () => succeeded(undefined));
        },
      ),
  };
}
