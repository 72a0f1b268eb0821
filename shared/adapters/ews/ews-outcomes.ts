import type { ChangeKey, ItemId } from '../../domain/ids.ts';
import type { ItemRef } from '../../domain/item.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { SyncError, toSyncError } from '../../domain/sync-error.ts';
import { type Intent, toEwsSyncError } from './ews-errors.ts';
import type { ResponseMessage, SoapAnswer } from './soap-answer.ts';

/** The same trouble for an item that was never sent. */
export function notSent(error: SyncError): SyncError {
  const { code, remedy, kind, status, cause } = error;
  return new SyncError(error.message, { code, remedy, kind, cause, ...(status === undefined ? {} : { status }) });
}

/** One item of several that is refused for good is the trouble of that item, not of the mailbox. */
function ofItem(error: SyncError): SyncError {
  if (error.remedy.kind !== 'disable') return error;
  return new SyncError(error.message, { code: error.code, remedy: { kind: 'park' }, cause: error.cause });
}

/**
 * The outcomes of one batch. Throws SyncError where the batch failed as a whole: one error for all of them, fewer answers
 * than items, or every item refused because of the mailbox or the server rather than of the item.
 */
export function outcomesOf<T>(
  answer: SoapAnswer,
  count: number,
  intent: Intent,
  outcomeOf: (message: ResponseMessage, index: number) => Outcome<T>,
): Outcome<T>[] {
  const { messages } = answer;
  const errorIn = ({ code, backOffMs }: ResponseMessage) =>
    toEwsSyncError({ kind: 'response', code, backOffMs }, intent);
  const [first] = messages;
  if (first?.failed && messages.length < count) throw errorIn(first);
  if (messages.length !== count) throw toEwsSyncError({ kind: 'answer', code: 'AnswerIncomplete' }, intent);
  const outcomes = messages.map((message, index) =>
    message.failed ? failed(errorIn(message)) : outcomeOf(message, index),
  );
  const errors = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  const larger = errors.find(({ remedy }) => remedy.kind === 'pause' || remedy.kind === 'disable');
  if (larger !== undefined && errors.length === count) throw larger;
  return outcomes.map((outcome) => (outcome.ok ? outcome : failed(ofItem(outcome.error))));
}

/** The reference that a create or update gave back. Without one the write has happened, but we cannot name its result. */
export function refIn({ items: [item] }: ResponseMessage): Outcome<ItemRef> {
  if (item === undefined || item.itemId === '') {
    return failed(toEwsSyncError({ kind: 'answer', code: 'AnswerWithoutItemId' }, 'write'));
  }
  return succeeded({ itemId: item.itemId as ItemId, changeKey: item.changeKey as ChangeKey });
}

/**
 * Sends the inputs in batches, one after the other. What was done before a batch failed as a whole is not lost: from then
 * on its items, and the items not sent, carry the error. Rejects when nothing was done at all.
 */
export async function inBatches<I, T>(
  inputs: readonly I[],
  size: number,
  send: (batch: readonly I[]) => Promise<Outcome<T>[]>,
): Promise<Outcome<T>[]> {
  const outcomes: Outcome<T>[] = [];
  for (let from = 0; from < inputs.length; from += size) {
    const batch = inputs.slice(from, from + size);
    try {
      outcomes.push(...(await send(batch)));
    } catch (thrown) {
      if (outcomes.length === 0) throw thrown;
      const error = toSyncError(thrown);
      const unsent = inputs.slice(from + size);
      return [...outcomes, ...batch.map(() => failed(error)), ...unsent.map(() => failed(notSent(error)))];
    }
  }
  return outcomes;
}
