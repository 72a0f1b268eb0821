import { describe, expect, test } from '@jest/globals';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

const doctor = { subject: 'Doctor', location: 'Clinic', bodyText: 'Blood test', sensitivity: 'private' } as const;

describe('a private item', () => {
  test('stays where it is by default', async () => {
    const story = await engineStory();
    story.exchange.control.userCreates(rep1, doctor);
    await story.run(5 * minutes);
    expect(story.records()).toEqual([]);
  });

  test('tells the CRM only its time where the profile says so, and nothing is written over it', async () => {
    const story = await engineStory({ profile: { privacyPolicy: 'busyOnly' } });
    story.exchange.control.userCreates(rep1, doctor);
    await story.run(5 * minutes);
    const [record] = story.records();
    expect(record).toMatchObject({ subject: 'Busy', description: '', location: '' });
    story.crm.control.update(record?.id as never, {
      subject: 'Renamed',
      description: 'Notes',
      links: { activity: 'https://crm.example/activities/9' },
      start: '2026-06-03T09:00:00.000Z',
      end: '2026-06-03T10:00:00.000Z',
    });
    await story.announced();
    await story.run(5 * minutes);
    expect(story.calendar()).toMatchObject([{ ...doctor, start: '2026-06-03T09:00:00.000Z' }]);
  });
});

describe('a window for both ways', () => {
  test('keeps activities outside of it in the CRM, where the profile says so', async () => {
    const far = { start: '2027-06-01T09:00:00.000Z', end: '2027-06-01T10:00:00.000Z' };
    for (const windowLimitsCrm of [true, false]) {
      const story = await engineStory({ profile: { windowLimitsCrm, window: { daysBack: 2, daysAhead: 90 } } });
      story.crm.control.create(far);
      await story.announced();
      expect(story.calendar()).toHaveLength(windowLimitsCrm ? 0 : 1);
    }
  });
});
