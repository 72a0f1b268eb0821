import type { EmailServerProfile } from './email-server-profile.ts';
import type { ItemField, LiveMapping } from './item-mapping.ts';
import type { RuleContext } from './kind-rules.ts';
import { type Guests, guestsOf, notifyFor } from './notify-policy.ts';
import type { SyncPlan } from './plan-sync.ts';
import { rulesOf } from './rules-of.ts';
import type { SyncItem } from './sync-item.ts';
import type { SyncRecord } from './sync-record.ts';

interface Telling {
  readonly plan: SyncPlan;
  readonly mapping: LiveMapping | undefined;
  readonly record: SyncRecord | undefined;
  readonly item: SyncItem | undefined;
  readonly notifyPolicy: EmailServerProfile['notifyPolicy'];
  readonly context: RuleContext;
}

/** How many people outside get mail when a plan is carried out, by the rules that its writes follow. */
export function outsidersTold({ plan, mapping, record, item, notifyPolicy, context }: Telling): number {
  const told = (guests: Guests | undefined, past: boolean): number => {
    const invited = mapping?.invited === true;
    return notifyFor({ policy: notifyPolicy, guests, invited, past }) === 'all' ? (guests?.outside ?? 0) : 0;
  };
  if (mapping?.attendeeCopy === true) return 0;
  const isPast = (end: string | undefined) => end !== undefined && Date.parse(end) <= context.now;
  switch (plan.do) {
    case 'createItem':
      return told(invitedBy(plan.record, context), plan.record.kind === 'activity' && isPast(plan.record.end));
    case 'write': {
      if (plan.toItem.size === 0 || record?.kind !== 'activity') return 0;
      const there = item?.kind === 'appointment' ? guestsOf(item.attendees, context.isOutside) : undefined;
      const guests = writtenGuests(record, plan.toItem, context) ?? there ?? mapping?.guests;
      if (mapping !== undefined && !mapping.invited && Object.keys(mapping.agreed.exchange).length === 0) return 0;
      return told(guests, isPast(record.end));
    }
    case 'removeItem':
    case 'recreateItem':
    case 'cancelBoth':
      return told(mapping?.guests, isPast(mapping?.endsAt));
    default:
      return 0;
  }
}

function invitedBy(record: SyncRecord, context: RuleContext): Guests | undefined {
  return record.kind === 'activity' ? guestsOf(record.attendees ?? [], context.isOutside) : undefined;
}

function writtenGuests(record: SyncRecord, fields: ReadonlySet<ItemField>, context: RuleContext): Guests | undefined {
  const isMeeting = rulesOf('appointment').fields.some((field) => field === 'attendees' && fields.has(field));
  return isMeeting ? invitedBy(record, context) : undefined;
}
