import { isDeepStrictEqual } from 'node:util';
import { compareVersions } from '../../../shared/domain/ids.ts';
import type { ItemField, SyncedField } from '../../../shared/domain/item-mapping.ts';
import { planSync, type SyncInput, type SyncPlan } from '../../../shared/domain/plan-sync.ts';
import { rulesOf } from '../../../shared/domain/rules-of.ts';
import type { Perturbed } from './pair-arbitrary.ts';
import { apply, inputOf, type Pair, pairOf, printsOfItem, printsOfRecord } from './pair-model.ts';

/** Rounds of planning that the news of a side may take: look, read both, act. */
const mostRounds = 3;
const ownOfAttendee: readonly ItemField[] = ['reminder', 'categories'];
const writing: readonly SyncPlan['do'][] = [
  'createItem',
  'createRecord',
  'write',
  'removeItem',
  'removeRecord',
  'cancelBoth',
];

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

interface Settled {
  readonly pair: Pair;
  readonly plans: readonly SyncPlan[];
  /** What was done: not what only looked, nor what was refused. */
  readonly done: readonly SyncPlan['do'][];
}

/** Plans and acts until there is nothing left to do about the news of one side, or of both. */
function settleNews(given: Perturbed, start: Pair, news: Perturbed['known'], stale: Pair['record']): Settled {
  let pair = start;
  let known = news;
  const plans: SyncPlan[] = [];
  const done: SyncPlan['do'][] = [];
  while (plans.length <= mostRounds) {
    const input = inputOf(pair, given, known, plans.length === 0 ? (stale ?? pair.record) : pair.record);
    const plan = planSync(input);
    checkPlan(input, plan);
    plans.push(plan);
    if (plan.do === 'nothing' || plan.do === 'wait' || plan.do === 'refuse') break;
    const applied = apply(pair, plan, { ...given, known });
    pair = applied.pair;
    if (!applied.refused && writing.includes(plan.do)) done.push(plan.do);
    if (plan.do !== 'readBoth' && plan.do !== 'createRecord' && !applied.refused) break;
    known = 'both';
  }
  must(plans.length <= mostRounds, `it does not end: ${plans.map((plan) => plan.do).join(', ')}`);
  return { pair, plans, done };
}

/** One side after the other, or both at once. */
function settle(given: Perturbed, start: ReturnType<typeof pairOf>): Settled {
  const first = settleNews(given, start, given.known, start.stale);
  if (given.known === 'both' || given.mapping === 'none') return first;
  const second = settleNews(given, first.pair, given.known === 'crm' ? 'exchange' : 'crm', undefined);
  return { pair: second.pair, plans: [...first.plans, ...second.plans], done: [...first.done, ...second.done] };
}

/** Ends, never makes and removes for one pair, and then there is nothing left to write. */
export function checkEnd(given: Perturbed, start = pairOf(given)): void {
  const { pair, plans, done } = settle(given, start);
  const makes = done.some((act) => act.startsWith('create'));
  must(!(makes && done.some((act) => act.startsWith('remove'))), `it makes and removes: ${done.join(', ')}`);
  if (plans.some((plan) => plan.do === 'refuse' || plan.do === 'wait')) return;
  if (pair.record === undefined && pair.item === undefined) return;
  const again = planSync(inputOf(pair, given, 'both')).do;
  const isRest = again === 'nothing' || again === 'agree' || (again === 'bury' && pair.record === undefined);
  must(isRest, `after ${done.join(', ')} it would ${again} once more`);
}

/** What must hold of every plan by itself. */
function checkPlan(input: SyncInput, plan: SyncPlan): void {
  const { record, item, mapping, profile } = input;
  must(isDeepStrictEqual(planSync(input), plan), 'the same knowledge gives another plan');
  must(
    plan.do !== 'removeRecord' || (item.known && item.state === 'gone'),
    'a record is removed whose item is not known to be gone',
  );
  const isOver =
    record.known && (record.state === 'gone' || ('status' in record.record && record.record.status === 'cancelled'));
  must(plan.do !== 'removeItem' || isOver, 'an item is removed whose record is not known to be over');
  const wayOf = (field: SyncedField) => profile.fieldDirections[field] ?? 'both';
  if (plan.do === 'write') {
    for (const field of plan.toItem) {
      const mayGo = field === 'links' || field === 'status' || ['both', 'toExchange'].includes(wayOf(field));
      must(mayGo, `${field} goes to Exchange`);
    }
    for (const field of plan.toRecord) must(['both', 'toCrm'].includes(wayOf(field)), `${field} goes to the CRM`);
  }
  if (mapping?.state === 'live' && mapping.attendeeCopy === true) {
    must(plan.do !== 'removeItem', "somebody else's meeting is removed");
    const foreign = plan.do === 'write' ? [...plan.toItem].filter((field) => !ownOfAttendee.includes(field)) : [];
    must(foreign.length === 0, `${foreign.join(', ')} of somebody else's meeting is written`);
  }
  const isOlder =
    mapping !== undefined &&
    record.known &&
    record.state === 'present' &&
    compareVersions(record.record.version, mapping.crmVersion) < 0;
  must(!isOlder || ['nothing', 'wait', 'readBoth'].includes(plan.do), `an older version would ${plan.do}`);
}

const nothingWritten = {
  toItem: new Set<ItemField>(),
  toRecord: new Set<SyncedField>(),
  conflicts: new Map<SyncedField, 'crm' | 'exchange'>(),
};

/** Which way each field goes when both sides are in front of us, reckoned from what the sides were and are. */
export function checkPolicy(given: Perturbed, start = pairOf(given)): void {
  const { record, item, base } = start;
  if (given.mapping !== 'live' || given.attendeeCopy || start.stale || !record || !item) return;
  const plan = planSync(inputOf(start, given, 'both'));
  if (plan.do !== 'write' && plan.do !== 'agree') return;
  const { toItem, toRecord, conflicts } = plan.do === 'write' ? plan : nothingWritten;
  const rules = rulesOf(given.kind);
  const { conflictPolicy, fieldDirections } = given.profile;
  const crmIsNewer = Date.parse(record.modifiedAt) >= Date.parse(item.modifiedAt ?? '');
  const byPolicy = conflictPolicy === 'crm-wins' || (conflictPolicy === 'newest-wins' && crmIsNewer);
  const [crmBefore, crmNow] = [base.record, record].map((one) => printsOfRecord(given.kind, one));
  const [exchangeBefore, exchangeNow] = [base.item, item].map((one) => printsOfItem(given.kind, one));
  for (const field of rules.fields) {
    if (crmNow?.[field] === undefined || field === 'responses') continue;
    // What the CRM has only now learnt of fills what is empty, see first-words.test.ts.
    if (crmBefore?.[field] === undefined) continue;
    const inCrm = crmNow[field] !== crmBefore?.[field];
    const inExchange = exchangeNow?.[field] !== exchangeBefore?.[field];
    const differ = !rules.sameField(field, record, item);
    const way = fieldDirections[field] ?? 'both';
    // What travels one way only is decided by that.
    const crmWins = way === 'toExchange' || (way !== 'toCrm' && byPolicy);
    const toExchange = differ && inCrm && (!inExchange || crmWins) && (way === 'both' || way === 'toExchange');
    const toCrm = differ && inExchange && (!inCrm || !crmWins) && (way === 'both' || way === 'toCrm');
    must(toItem.has(field) === toExchange, `${field} ${toExchange ? 'does not go' : 'goes'} to Exchange`);
    must(toRecord.has(field) === toCrm, `${field} ${toCrm ? 'does not go' : 'goes'} to the CRM`);
    const conflict = inCrm && inExchange && differ && crmBefore?.[field] !== undefined;
    const winner = conflict && plan.do === 'write' ? (crmWins ? 'crm' : 'exchange') : undefined;
    must(
      conflicts.get(field) === winner,
      `of ${field} ${winner ?? 'nobody'} wins, and the plan says ${conflicts.get(field)}`,
    );
  }
}
