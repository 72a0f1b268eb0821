import type { ChangeMessage } from '../../shared/domain/change-message.ts';
import type { EngineStory } from './engine-story.ts';
import { minutes } from './engine-story.ts';

/** Handles a change in a process that dies as soon as the call has been done, and before it hears of it. */
export async function diesAfter(
  story: EngineStory,
  port: 'crm' | 'exchange',
  method: string,
  change: ChangeMessage,
): Promise<void> {
  const fate = { at: -1, calls: 0, dead: false };
  const mortal = story.process(fate);
  const gateway = story[port].gateway as unknown as Record<string, (...input: unknown[]) => Promise<unknown>>;
  const original = gateway[method];
  if (original === undefined) throw new Error(`No ${method} at ${port}: the test named a wrong one.`);
  gateway[method] = async (...input) => {
    const output = await original(...input);
    fate.dead = true;
    return output;
  };
  await mortal.handleChange(change).catch(() => undefined);
  gateway[method] = original;
  if (!fate.dead) throw new Error(`${method} was never called.`);
}

/** What the next poll finds, before anything is done about it. */
export async function newsOfFeed(story: EngineStory): Promise<ChangeMessage> {
  await story.clock.advance(2 * minutes);
  await story.worker.schedulePolls();
  for (let poll = story.polls.take(); poll !== undefined; poll = story.polls.take())
    await story.worker.handlePoll(poll);
  const change = story.changes.take();
  if (change === undefined) throw new Error('The poll found nothing.');
  return change;
}
