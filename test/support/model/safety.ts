import { demand } from './invariants.ts';
import { stampText } from './ledger.ts';
import { liveItems, type Model, mailboxes, tightBrakes } from './model.ts';

/** What is cheap enough to be looked at after each message. */
export function checkEachStep(model: Model): void {
  const [first] = model.observer.violations;
  if (first !== undefined) throw first;
  noDoubles(model);
  noUnwantedMail(model);
}

/** I2: of each record at most one live item in a mailbox, besides those that people doubled themselves. */
function noDoubles({ world, ledger }: Model): void {
  for (const mailboxId of mailboxes) {
    const counts = new Map<string, number>();
    for (const { stamp } of liveItems(world, mailboxId)) {
      if (stamp?.mailboxId !== mailboxId) continue;
      const key = stampText(stamp);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      demand('I2', count <= 1 + (ledger.doubledByPeople.get(key) ?? 0), () => `${count} items of ${key}`);
    }
  }
}

/** I8: where the profile tells nobody, nobody is told. */
function noUnwantedMail({ world, conditions }: Model): void {
  const { mails } = world.exchange.control;
  demand(
    'I8',
    conditions.notifyPolicy !== 'none' || mails.length === 0,
    () => `${mails[0]?.kind} although nobody is to be told`,
  );
}

/** I10: before an admin let anything go on, no more was deleted within an hour than the brakes of its mailbox allow. */
export function checkBrakes({ observer, ledger, conditions }: Model): void {
  // What moves to another owner's mailbox is no deletion.
  if (!conditions.braked || ledger.ownersChanged.size > 0) return;
  const most = tightBrakes.deletions;
  for (const [where, count] of observer.deletions) demand('I10', count <= most, () => `${count} deletions of ${where}`);
}
