import fc from 'fast-check';
import { hours } from './engine-story.ts';
import { rep1 } from './engine-world.ts';
import type { JobStory } from './job-story.ts';

/** What happens to a pair that was synced, or what is new on either side; numbers choose among what is there. */
export const anyAct = fc.record({
  do: fc.constantFrom(
    ...(['crmEdit', 'crmEdit', 'crmDelete', 'crmCancel', 'crmComplete', 'crmGive', 'crmCreate', 'crmTask'] as const),
    ...(['outlookEdit', 'outlookEdit', 'outlookDelete', 'outlookMove', 'outlookTouch', 'outlookCreate'] as const),
    ...(['copy', 'alike', 'taskDone', 'contactCreate', 'contactEdit'] as const),
  ),
  at: fc.nat(20),
  value: fc.nat(1_000),
});
export type Act = typeof anyAct extends fc.Arbitrary<infer T> ? T : never;

const day = Date.parse('2026-02-02T08:00:00.000Z');
export const timeOf = (value: number) => ({
  start: new Date(day + value * 7 * hours).toISOString(),
  end: new Date(day + value * 7 * hours + hours).toISOString(),
});
export const allDay = { start: '2026-02-10T00:00:00.000Z', end: '2026-02-11T00:00:00.000Z', allDay: true };

export function live({ crm, exchange }: JobStory, { do: what, at, value }: Act): void {
  const pick = <T>(all: readonly T[]): T | undefined => (all.length === 0 ? undefined : all[at % all.length]);
  const record = pick(crm.control.records().filter(({ allDay }) => !allDay));
  const item = pick(exchange.control.items(rep1).filter(({ place }) => place === 'folder'));
  const task = pick(exchange.control.items(rep1, 'task'));
  const contact = pick(crm.control.contacts());
  switch (what) {
    case 'crmEdit':
      if (record)
        crm.control.update(record.id, value % 2 === 0 ? { subject: `CRM ${value}` } : { location: `Site ${value}` });
      return;
    case 'crmDelete':
      if (record) crm.control.delete(record.id);
      return;
    case 'crmCancel':
      if (record) crm.control.update(record.id, { status: 'cancelled' });
      return;
    case 'crmComplete':
      if (record) crm.control.update(record.id, { status: 'completed' });
      return;
    case 'crmGive':
      if (record) crm.control.update(record.id, { ownerId: 'nobody' as never });
      return;
    case 'crmCreate':
      crm.control.create({ subject: `Only CRM ${value}`, location: '', ...timeOf(value) });
      return;
    case 'crmTask':
      crm.control.create({ subject: '', description: `Do ${value}`, ...allDay });
      return;
    case 'outlookEdit':
      if (item)
        exchange.control.userEdits(
          rep1,
          item.itemId,
          value % 2 === 0 ? { subject: `O ${value}` } : { bodyText: `T ${value}` },
        );
      return;
    case 'outlookDelete':
      if (item) exchange.control.userDeletes(rep1, item.itemId);
      return;
    case 'outlookMove':
      if (item) exchange.control.userMoves(rep1, item.itemId, 'elsewhere');
      return;
    case 'outlookTouch':
      if (item) exchange.control.touch(rep1, item.itemId);
      return;
    case 'outlookCreate':
      exchange.control.userCreates(rep1, { subject: `Only Outlook ${value}`, ...timeOf(value) });
      return;
    case 'copy':
    case 'alike': {
      const subject = `Visit ${value}`;
      crm.control.create({ subject, location: '', description: 'CRM', ...timeOf(value) });
      const other = what === 'copy' ? timeOf(value) : timeOf(value + 1);
      exchange.control.userCreates(rep1, { subject, bodyText: value % 3 === 0 ? 'CRM' : 'mine', ...other });
      return;
    }
    case 'taskDone':
      if (task) exchange.control.userEdits(rep1, task.itemId, { complete: true });
      return;
    case 'contactCreate':
      crm.control.createContact({ givenName: `Ada${value}`, emails: [`ada${value}@elsewhere.example`] });
      return;
    case 'contactEdit':
      if (contact) crm.control.updateContact(contact.id, { company: `Company ${value}` });
      return;
    default:
  }
}
