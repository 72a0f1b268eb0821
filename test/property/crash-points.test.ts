import { describe, expect, test } from '@jest/globals';
import type { CommandName, Step } from '../support/model/commands.ts';
import { liveThrough } from '../support/model/live-through.ts';
import { calm } from '../support/model/model.ts';
import { checkRest } from '../support/model/rest.ts';

const step = (what: CommandName, value = 0, at = 0): Step => ({ do: what, at, value });
const webhook = step('webhook');
const poll = step('poll');
const crmPoll = step('crmPoll');

/** One recorded history for each kind of work. Odd values are of the second mailbox, even ones of the first. */
const recorded: Readonly<Record<string, readonly Step[]>> = {
  'an activity made, edited and deleted in the CRM': [
    ...[step('crmCreate', 4), webhook, poll, step('crmEdit', 3), webhook, step('crmDelete'), webhook, poll],
  ],
  'a meeting made, moved and called off in the CRM': [
    ...[step('crmCreate', 1), webhook, step('crmEdit', 2), webhook, step('crmCancel'), webhook, poll],
  ],
  'an all-day activity that becomes a task, completed in the CRM': [
    ...[step('crmCreate', 0), webhook, poll, step('crmComplete'), webhook, poll],
  ],
  'a contact made and edited in the CRM, deleted in Outlook': [
    ...[step('crmCreateContact', 0), webhook, step('crmEdit', 2), webhook, poll, step('outlookDelete'), poll],
  ],
  'an appointment made, edited and deleted in Outlook': [
    ...[step('outlookCreate', 0), poll, step('outlookEdit', 4), poll, step('outlookDelete'), poll],
  ],
  'a task made, completed and purged in Outlook': [
    ...[step('outlookCreateTask', 0), poll, step('outlookEdit', 0), poll, step('outlookPurge'), poll],
  ],
  'a contact made and edited in Outlook': [...[step('outlookCreateContact', 0), poll, step('outlookEdit', 0), poll]],
  'a conflict, then a change of owner': [
    ...[step('crmCreate', 4), webhook, poll, step('crmEdit', 3), step('outlookEdit', 4), webhook, poll],
    ...[step('crmOwner'), webhook, poll],
  ],
  'an item that is moved, brought back and copied': [
    ...[step('crmCreate', 4), webhook, poll, step('outlookMove'), poll, step('outlookMove'), poll],
    ...[step('outlookCopy'), poll],
  ],
  'changes that only the feed of the CRM tells of': [step('crmCreate', 4), crmPoll, step('crmEdit', 3), crmPoll],
  'a feed that is lost, with what was deleted meanwhile, and a sweep': [
    ...[step('crmCreate', 4), webhook, poll, step('outlookDelete'), step('syncStateLost'), poll, step('sweep'), poll],
  ],
  'an outage, and what was held meanwhile': [
    ...[step('crmCreate', 4), step('exchangeFails', 0, 0), webhook, step('exchangeRecovers'), step('wait', 8), poll],
  ],
};

/** The sum of the port calls of all processes, when none dies. */
async function portCallsOf(steps: readonly Step[]): Promise<number> {
  const { hosts } = await liveThrough(steps, { ...calm, alone: true, notifyPolicy: 'all' });
  return hosts.mortalCalls();
}

describe('a process that dies before or after any single port call loses nothing, doubles nothing and mails nobody twice', () => {
  for (const [name, steps] of Object.entries(recorded)) {
    test(name, async () => {
      const calls = await portCallsOf(steps);
      expect(calls).toBeGreaterThan(40);
      for (let at = 0; at < calls; at++) {
        try {
          await checkRest(await liveThrough(steps, { ...calm, alone: true, notifyPolicy: 'all', deaths: [at] }));
        } catch (error) {
          throw new Error(`with a death at port call ${at} of ${calls}`, { cause: error });
        }
      }
    }, 240_000);
  }
});
