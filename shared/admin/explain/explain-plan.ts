import type { ItemMapping } from '../../domain/item-mapping.ts';
import { type ItemSide, planSync, type RecordSide, type SyncPlan } from '../../domain/plan-sync.ts';
import { isSyncedByOrganizer } from '../../sync/attendee-copy.ts';
import type { ReconcileScope } from '../../sync/reconcile-types.ts';
import { isSplitSeries } from '../../sync/sync-series.ts';
import type { ExplainDeps } from './explain-deps.ts';
import type { Named } from './explain-pair.ts';
import { type Statement, says } from './statement.ts';

/** Codes of the reasons for which nothing is done; another reason is `nothing`. */
const codes: Readonly<Record<string, string>> = {
  'its type is not sent to Exchange': 'typeNotSent',
  'cancelled before it had an item': 'cancelled',
  'cancelled before it had a record': 'cancelled',
  'completed before it had a task': 'completed',
  'completed before it had a record': 'completed',
  'outside the window': 'outsideWindow',
  'tasks that users make stay in Exchange': 'tasksStay',
  'a task that repeats itself': 'repeatingTask',
  'a task without a date': 'undatedTask',
  'it does not carry the category of contacts that are shared with the CRM': 'notShared',
  'older than the deletion': 'olderThanDeletion',
  'deleted before': 'deletedBefore',
};

/** What the engine would do if it looked at both sides now. */
export async function explainPlan(
  deps: ExplainDeps,
  scope: ReconcileScope,
  { kind }: Named,
  record: RecordSide,
  item: ItemSide,
  mapping: ItemMapping | undefined,
): Promise<Statement[]> {
  const facts = factsOf(record, item, mapping, deps.clock.now().getTime());
  if (mapping?.state === 'intent') return facts;
  const there = item.known && item.state === 'present' ? item.item : undefined;
  if (there !== undefined && isSplitSeries(scope, there))
    return [...facts, says('series', 'It is a series: each of its occurrences in the window is a record of its own.')];
  if (mapping === undefined && there !== undefined && (await isSyncedByOrganizer(deps, scope, there)))
    return [...facts, says('organizerSynced', 'Its organizer is synced too: his copy of the meeting has the record.')];
  const { profile } = scope.access;
  const plan = planSync({ kind, record, item, mapping, profile, now: deps.clock.now().getTime() });
  return [...facts, tell(plan)];
}

function factsOf(record: RecordSide, item: ItemSide, mapping: ItemMapping | undefined, now: number): Statement[] {
  const there = item.known && item.state === 'present' ? item.item : undefined;
  const end = there?.kind === 'appointment' ? there.end : undefined;
  const activity =
    record.known && record.state === 'present' && record.record.kind === 'activity' ? record.record : undefined;
  const over = (activity?.end ?? end) !== undefined && Date.parse(activity?.end ?? end ?? '') <= now;
  const copy =
    (mapping?.state === 'live' && mapping.attendeeCopy === true) ||
    (there?.kind === 'appointment' && !there.ownMeeting && !there.cancelled);
  return [
    ...(over ? [says('past', 'It is over: it does not ring, and nobody is mailed for it.')] : []),
    ...(copy
      ? [
          says(
            'attendeeCopy',
            'Somebody else organises the meeting: only reminder and categories are written to this copy.',
          ),
        ]
      : []),
  ];
}

function tell(plan: SyncPlan): Statement {
  switch (plan.do) {
    case 'nothing':
      return says(codes[plan.why] ?? 'nothing', `Nothing would be done: ${plan.why}.`);
    case 'wait':
      return says('waits', `It waits: ${plan.why}.`);
    case 'refuse':
      return says('refused', `It would be refused (${plan.reason}): ${plan.text}`);
    case 'write': {
      const facts = { toItem: [...plan.toItem].join(), toRecord: [...plan.toRecord].join() };
      return says('wouldWrite', 'Fields that differ would be written.', { ...facts, conflicts: plan.conflicts.size });
    }
    case 'agree':
      return says('agree', 'Both sides are as they should be.');
    case 'readBoth':
      return says('wouldCompare', 'Both sides would be compared.');
    case 'createItem':
      return says('wouldCreateItem', 'An item would be made.');
    case 'createRecord':
      return says('wouldCreateRecord', 'A record would be made.');
    case 'removeItem':
      return says('wouldRemoveItem', 'The item would be removed: its record is deleted or cancelled.');
    case 'recreateItem':
      return says('wouldRecreateItem', 'The item would be removed and made anew at its new time.');
    case 'removeRecord':
      return says('wouldRemoveRecord', 'The record would be deleted: its item is.');
    case 'recreateRecord':
      return says('wouldRecreateRecord', 'The record would be deleted and made anew at its new time.');
    case 'cancelBoth':
      return says('wouldCancel', 'The record would be cancelled: the meeting is.');
    case 'bury':
      return says('wouldBury', 'Both are gone: that would be remembered.');
    default:
      return plan satisfies never;
  }
}
