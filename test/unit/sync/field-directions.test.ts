import { expect, test } from '@jest/globals';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

test.each([
  ['toCrm', 'crm-wins', 'Of Exchange'],
  ['toExchange', 'exchange-wins', 'Of the CRM'],
  ['both', 'crm-wins', 'Of the CRM'],
  ['both', 'exchange-wins', 'Of Exchange'],
])(
  'a field that travels %s and was changed on both sides is the same on both, although %s',
  async (way, conflictPolicy, wins) => {
    const story = await engineStory({ profile: { conflictPolicy, fieldDirections: { subject: way } } });
    const { id } = story.crm.control.create({ subject: 'As agreed' });
    await story.announced();
    await story.run(5 * minutes);
    story.exchange.control.userEdits(rep1, story.calendar()[0]?.itemId as never, { subject: 'Of Exchange' });
    story.crm.control.update(id, { subject: 'Of the CRM' });
    await story.announced();
    await story.run(10 * minutes);
    expect([story.calendar()[0]?.subject, story.crm.control.record(id)?.subject]).toEqual([wins, wins]);
  },
);
