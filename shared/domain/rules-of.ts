import type { Activity } from './activity.ts';
import { appointmentRules } from './appointment-rules.ts';
import { contactRules } from './contact-rules.ts';
import type { EmailServerProfile } from './email-server-profile.ts';
import type { ItemKind } from './item.ts';
import type { KindRules } from './kind-rules.ts';
import type { SyncRecord } from './sync-record.ts';
import { taskRules } from './task-rules.ts';

const rules: Readonly<Record<ItemKind, KindRules>> = {
  appointment: appointmentRules as unknown as KindRules,
  task: taskRules as unknown as KindRules,
  contact: contactRules as unknown as KindRules,
};

/** How records and items of a kind are compared and made of each other. */
export const rulesOf = (kind: ItemKind): KindRules => rules[kind];

/** What a record becomes in Exchange when it is first mapped. */
export function itemKindOf(record: SyncRecord, profile: Pick<EmailServerProfile, 'activityKinds'>): ItemKind {
  return record.kind === 'contact' ? 'contact' : kindOfActivity(record, profile);
}

function kindOfActivity(
  { type, allDay }: Activity,
  { activityKinds }: Pick<EmailServerProfile, 'activityKinds'>,
): 'appointment' | 'task' {
  switch (activityKinds[type]) {
    case 'task':
      return 'task';
    case 'allDayAppointment':
      return 'appointment';
    case 'appointment':
    case undefined:
      return allDay ? 'task' : 'appointment';
    default:
      return activityKinds[type] satisfies never;
  }
}
