import { contoso } from '../engine-world.ts';
import { act, type Step } from './commands.ts';
import { type Hosts, immortal, twoHosts } from './hosts.ts';
import { demand } from './invariants.ts';
import { crmRecovers, enableAll, exchangeRecovers, releaseAll, replayAll, sweep, switchCrm } from './machines.ts';
import { type Conditions, type Model, mailboxes, newModel } from './model.ts';
import { checkBrakes, checkEachStep } from './safety.ts';

const minute = 60_000;
/** Longer than the longest pause between two tries. */
const longPassMinutes = 62;
/** Longer than items that no feed confirms are left alone. */
const passMinutes = 11;

export interface Lived {
  readonly model: Model;
  readonly hosts: Hosts;
  /** Lets minutes pass, then looks everywhere once and does all that comes of it. */
  readonly pass: (minutes?: number) => Promise<void>;
  /** Passes since all was mended until nothing was written any more. */
  readonly passes: number;
}

async function passOf({ world }: Model, hosts: Hosts, minutes: number): Promise<void> {
  const { clock, changes, jobMessages } = world;
  // The schedule sends on what waits in the first seconds of a minute.
  const begin = Math.ceil((clock.now().getTime() + minutes * minute) / minute) * minute;
  await clock.advance(begin - clock.now().getTime());
  // A first look may find that the place where it stood is lost; the next one begins anew.
  for (let look = 0; look < 2; look++) {
    await hosts.timers();
    await hosts.work();
    await clock.advance(minute);
  }
  for (let round = 0; ; round++) {
    const [due] = [changes.nextDueAt(), jobMessages.nextDueAt()]
      .filter((at) => at !== undefined)
      .sort((a, b) => a.getTime() - b.getTime());
    if (due === undefined || due.getTime() > begin + longPassMinutes * minute) return;
    demand('I16', round < 100, () => 'a change is sent again and again');
    await clock.advance(Math.max(due.getTime() - clock.now().getTime(), 1));
    await hosts.work();
  }
}

async function step(model: Model, hosts: Hosts, one: Step): Promise<void> {
  const { world } = model;
  await act(model, one);
  if (one.do === 'poll') {
    await world.clock.advance(61_000);
    await hosts.asTimer((process) => process.schedulePolls());
  }
  if (one.do === 'crmPoll') await hosts.asTimer((process) => process.pollCrm());
  if (one.do !== 'wait') return hosts.letWork();
  for (let round = 0; round < 4; round++) {
    await world.clock.advance(((one.value % 25) * minute) / 4 + 1_000);
    await hosts.timers();
    await hosts.work();
  }
}

/** Ends all trouble, as admins do, until nothing is held, failed or disabled. */
async function mend(model: Model, hosts: Hosts): Promise<void> {
  const { world, late } = model;
  hosts.becomeImmortal();
  exchangeRecovers(model, -1);
  crmRecovers(model, -1);
  world.crm.control.setLag('none');
  Object.assign(late, { crm: 0, spoiledBatches: 0 });
  late.exchange.length = 0;
  await switchCrm(model, true);
  await passOf(model, hosts, longPassMinutes);
  if (model.ledger.swept) for (const mailboxId of mailboxes) await sweep(model, mailboxId);
  for (let round = 0; round < 4; round++) {
    const enabled = await enableAll(model);
    const replayed = await replayAll(model);
    const released = await releaseAll(model);
    const paused = (await world.stores.pauses.list(contoso)).length;
    if (!enabled && replayed + released + paused === 0) return;
    await passOf(model, hosts, longPassMinutes);
  }
}

const mostPasses = 3;

/** Runs a history, then mends all trouble, and lets everything come to rest. Throws the first violation. */
export async function liveThrough(steps: readonly Step[], conditions: Conditions): Promise<Lived> {
  const model = await newModel(conditions);
  const { world, observer } = model;
  const hosts = twoHosts(world, conditions, () => checkEachStep(model));
  // Enrolment looks into the mailbox once; what is deleted before a first look is not seen by any feed.
  await world.process(immortal()).schedulePolls();
  await world.drain(world.process(immortal()));
  for (const one of steps) await step(model, hosts, one);
  await hosts.work();
  checkBrakes(model);
  await mend(model, hosts);
  let passes = 0;
  for (let before = -1; before !== observer.writes(); passes++) {
    demand('I15', passes <= mostPasses, () => `${observer.writes() - before} writes in pass ${passes}`);
    before = observer.writes();
    await passOf(model, hosts, passMinutes);
  }
  checkEachStep(model);
  return { model, hosts, passes, pass: (minutes = passMinutes) => passOf(model, hosts, minutes) };
}
