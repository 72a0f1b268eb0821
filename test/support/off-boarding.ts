import { offBoardMailbox, offBoardOrganization } from '../../shared/admin/off-board.ts';
import type { MailboxId } from '../../shared/domain/ids.ts';
import type { MailboxJob } from '../../shared/domain/mailbox-job.ts';
import { type ItemsAfter, offBoarded } from '../../shared/domain/off-boarding.ts';
import { minutes } from './engine-story.ts';
import { contoso, type EngineWorld, rep1, rep2, type WorldOptions } from './engine-world.ts';
import { type JobStory, jobStory } from './job-story.ts';

export const links = { activity: 'https://crm.example/activities/1', individual: 'https://crm.example/people/1' };
export const guest = { email: 'ada@customer.example', name: '', role: 'required', response: 'none' } as const;

/** Two mailboxes, each with an item that came from the CRM, one that its user made, and one in another folder. */
export async function twoMailboxes(options: WorldOptions = {}): Promise<JobStory> {
  const story = await jobStory(options);
  for (const mailboxId of [rep1, rep2]) {
    const ownerId = mailboxId === rep1 ? 'rep1' : 'rep2';
    story.crm.control.create({ subject: 'Visit', ownerId: ownerId as never, attendees: [guest] });
    story.crm.control.create({ subject: 'Put aside', ownerId: ownerId as never, links });
    story.exchange.control.userCreates(mailboxId, { subject: 'Mine', bodyText: 'My notes' });
  }
  await story.announced();
  await story.run(3 * minutes);
  for (const record of story.records().filter(({ subject }) => subject === 'Mine'))
    story.crm.control.update(record.id, { links });
  await story.announced();
  await story.run(3 * minutes);
  // Just now: no poll has told of it.
  for (const mailboxId of [rep1, rep2]) {
    const aside = story.calendar(mailboxId).find(({ subject }) => subject === 'Put aside');
    if (aside === undefined) throw new Error('an item is missing');
    story.exchange.control.userMoves(mailboxId, aside.itemId, 'elsewhere');
  }
  return story;
}

export const startOffBoarding = (
  world: Pick<EngineWorld, 'process'>,
  items: ItemsAfter,
  mailboxId?: MailboxId,
  worker = world.process(),
) =>
  mailboxId === undefined
    ? offBoardOrganization(worker.deps, contoso, { items, by: 'admin-1' })
    : offBoardMailbox(worker.deps, contoso, mailboxId, { items, by: 'admin-1' });

export async function receiptOf(world: Pick<EngineWorld, 'stores'>, id = `mailbox-${rep1}-1`): Promise<MailboxJob> {
  const job = await world.stores.jobs.find({ organizationId: contoso, mailboxId: offBoarded }, id);
  if (job === undefined) throw new Error(`no receipt ${id}`);
  return job.value;
}

/** How much each store would still erase: what is empty is proven empty. */
export async function stillKept(
  { stores }: Pick<EngineWorld, 'stores'>,
  mailboxId: MailboxId = rep1,
): Promise<string[]> {
  const left: string[] = [];
  for (const [name, store] of Object.entries(stores)) {
    const count = await store.eraseMailbox({ organizationId: contoso, mailboxId });
    if (count > 0) left.push(`${name}: ${count}`);
  }
  return left;
}
