import fc from 'fast-check';
import { type EngineStory, minutes } from './engine-story.ts';
import { rep1 } from './engine-world.ts';

export type Act =
  | 'crmCreate'
  | 'crmEdit'
  | 'crmDelete'
  | 'crmCancel'
  | 'crmOwner'
  | 'make'
  | 'edit'
  | 'delete'
  | 'announce'
  | 'poll';
const acts: readonly Act[] = [
  ...(['crmCreate', 'crmEdit', 'crmDelete', 'crmCancel', 'crmOwner'] as const),
  ...(['make', 'edit', 'delete', 'announce', 'announce', 'poll', 'poll'] as const),
];
/** What people and machines do, in one mailbox and beside it, in any order. */
export const shortHistory = fc.array(fc.record({ do: fc.constantFrom(...acts), at: fc.nat(5), value: fc.nat(99) }), {
  minLength: 3,
  maxLength: 25,
  size: 'max',
});

/** Does one of it; `at` and `value` choose among what is there. */
export async function perform(story: EngineStory, what: Act, at: number, value: number): Promise<void> {
  const { crm, exchange } = story;
  const pick = <T>(all: readonly T[]): T | undefined => (all.length === 0 ? undefined : all[at % all.length]);
  const record = pick(crm.control.records());
  const item = pick(story.calendar().filter(({ place }) => place === 'folder'));
  switch (what) {
    case 'crmCreate':
      crm.control.create({ description: 'Agenda' });
      return;
    case 'crmEdit':
      if (record) crm.control.update(record.id, { subject: `CRM ${value}` });
      return;
    case 'crmDelete':
      if (record) crm.control.delete(record.id);
      return;
    case 'crmCancel':
      if (record) crm.control.update(record.id, { status: record.status === 'cancelled' ? 'open' : 'cancelled' });
      return;
    case 'crmOwner':
      if (record) crm.control.update(record.id, { ownerId: (record.ownerId === 'rep1' ? 'rep2' : 'rep1') as never });
      return;
    case 'make':
      exchange.control.userCreates(rep1, { subject: `Mine ${value}` });
      return;
    case 'edit':
      if (item)
        exchange.control.userEdits(
          rep1,
          item.itemId,
          value % 2 ? { subject: `O ${value}` } : { location: `R ${value}` },
        );
      return;
    case 'delete':
      if (item) exchange.control.userDeletes(rep1, item.itemId);
      return;
    case 'announce':
      return story.announced();
    case 'poll':
      return story.run(minutes);
    default:
      return what satisfies never;
  }
}
