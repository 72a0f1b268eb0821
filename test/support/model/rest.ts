import type { Activity } from '../../../shared/domain/activity.ts';
import type { MailboxId } from '../../../shared/domain/ids.ts';
import { contoso } from '../engine-world.ts';
import { checkAgreement, liveItemOf } from './agreement.ts';
import { demand } from './invariants.ts';
import { noteCrm, noteExchange } from './ledger.ts';
import type { Lived } from './live-through.ts';
import { liveItems, type Model, mailboxes, profileOf, recordsOf } from './model.ts';
import { canary, privateCanary } from './observer.ts';
import { rowsOfOtherTenant } from './other-tenant.ts';

/** Whatever fails, once all is well again: everything that must hold at rest. */
export async function checkRest(lived: Lived): Promise<void> {
  const { model } = lived;
  await nothingLeftOver(model);
  await checkAgreement(model);
  nothingUnexpected(model);
  noEcho(model);
  mailAtMostOnce(model);
  privateStaysPrivate(model);
  boundedWork(lived);
  await noLostUpdate(lived);
  await tenantWall(model);
}

/** I1: nothing waits, failed or stands still. */
async function nothingLeftOver({ world }: Model): Promise<void> {
  const { pauses, failures } = world.stores;
  const failed = await failures.list(contoso, 9);
  demand('I1', failed.length === 0, () => `failed: ${failed.map(({ reason }) => reason).join(', ')}`);
  const paused = await pauses.list(contoso);
  demand('I1', paused.length === 0, () => `paused: ${paused.map(({ code }) => code).join(', ')}`);
  for await (const { value } of pauses.held(contoso)) demand('I1', false, () => `held: ${JSON.stringify(value)}`);
  const queues = [world.changes, world.polls, world.jobMessages];
  demand(
    'I16',
    queues.every((queue) => queue.nextDueAt() === undefined),
    () => 'a message is left in a queue',
  );
}

/** I3: as many as people made, and no more. */
function nothingUnexpected({ world, ledger }: Model): void {
  const records = recordsOf(world).length;
  const items = mailboxes.reduce((sum, mailboxId) => sum + liveItems(world, mailboxId).length, 0);
  demand('I3', records <= ledger.made, () => `${records} records of ${ledger.made} that people made`);
  demand(
    'I3',
    items <= ledger.made + ledger.deletedInExchange.size,
    () => `${items} items of ${ledger.made} that people made`,
  );
}

/** I7: what people did not touch in Exchange is not written to the CRM, and all writes together are few. */
function noEcho({ ledger, observer }: Model): void {
  for (const [recordId, count] of observer.toCrm) {
    const most = (ledger.inExchange.get(recordId) ?? 0) + ledger.unstamped;
    demand('I7', count <= most, () => `${count} writes to ${recordId}, whose item was touched ${most} times`);
  }
  const most = 3 * ledger.acts + 3;
  demand(
    'I7',
    observer.toExchange() <= most,
    () => `${observer.toExchange()} writes to Exchange after ${ledger.acts} acts`,
  );
}

/** I8: each guest is of one meeting: no more mails of a kind than people touched it, and one invitation for each life. */
function mailAtMostOnce({ world, ledger }: Model): void {
  const counts = new Map<string, number>();
  for (const { kind, to } of world.exchange.control.mails) {
    for (const guest of to) counts.set(`${kind} ${guest}`, (counts.get(`${kind} ${guest}`) ?? 0) + 1);
  }
  for (const [mail, count] of counts) {
    const guest = mail.split(' ')[1] ?? '';
    const meetings = recordsOf(world).filter(
      (one) => one.kind === 'activity' && one.attendees?.some(({ email }) => email.toLowerCase() === guest),
    );
    const acts = meetings.reduce(
      (sum, { id }) => sum + (ledger.inCrm.get(id) ?? 0) + (ledger.inExchange.get(id) ?? 0),
      0,
    );
    if (meetings.length > 0) demand('I8', count <= acts, () => `${count} × ${mail} after ${acts} acts`);
  }
}

/** I14: what is private never reaches the CRM. */
function privateStaysPrivate({ world }: Model): void {
  demand('I14', !JSON.stringify(recordsOf(world)).includes(privateCanary), () => 'a private item is in the CRM');
}

/** I16: so many steps of the engine for each act. */
function boundedWork({ model, hosts }: Lived): void {
  const most = 200 * (model.ledger.acts + 10);
  demand('I16', hosts.handled() <= most, () => `${hosts.handled()} messages after ${model.ledger.acts} acts`);
}

/** I6: edits of different fields all arrive; where both sides change one field, the policy decides. */
async function noLostUpdate({ model, pass }: Lived): Promise<void> {
  const { world, ledger, observer, conditions } = model;
  const policy = (await profileOf(world)).conflictPolicy;
  const edited = world.crm.control
    .records()
    .filter(isEditable)
    .flatMap((record) => {
      const mailbox = `mailbox-${record.ownerId}` as MailboxId;
      const item = liveItemOf(model, record.id, mailbox);
      return item?.kind === 'appointment' ? [{ record, mailbox, item }] : [];
    })
    .slice(0, 2);
  // A brake may stop any of it.
  if (edited.length === 0 || conditions.braked || ledger.directed.size + ledger.leftOut.size > 0) return;
  for (const { record } of edited) {
    noteCrm(ledger, record.id);
    world.crm.control.update(record.id, { location: `${canary} 1001`, subject: `${canary} 1002` });
  }
  await world.clock.advance(2_000);
  for (const { mailbox, item } of edited) {
    noteExchange(ledger, item.stamp);
    world.exchange.control.userEdits(mailbox, item.itemId, { bodyText: `${canary} 1003`, subject: `${canary} 1004` });
  }
  await pass();
  await pass();
  const before = observer.writes();
  await pass();
  demand('I15', observer.writes() === before, () => 'writes after both sides agree');
  for (const { record } of edited) {
    const now = world.crm.control.record(record.id);
    demand('I6', now?.location === `${canary} 1001`, () => `the location of ${record.id} is lost`);
    demand('I6', now?.description === `${canary} 1003`, () => `the notes of ${record.id} are lost`);
    const winner = policy === 'crm-wins' ? 1002 : 1004;
    demand(
      'I6',
      now?.subject === `${canary} ${winner}`,
      () => `${policy}: the subject of ${record.id} is "${now?.subject}"`,
    );
  }
  await checkAgreement(model);
}

const isEditable = (record: Activity) => record.status !== 'cancelled';

/** I11: rows of another tenant are as they were. */
async function tenantWall({ world, otherTenant }: Model): Promise<void> {
  demand('I11', (await rowsOfOtherTenant(world.stores)) === otherTenant, () => 'rows of another tenant changed');
}
