import { describe, expect, test } from '@jest/globals';
import { completeTask } from '../../../local/exchange/task-content.ts';
import { textElement, type XmlElement } from '../../../local/exchange/xml.ts';

const now = new Date('2026-07-01T15:00:00Z');
const elements = (texts: Record<string, string>): Record<string, XmlElement> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, textElement(`t:${name}`, text)]));
const texts = (properties: Record<string, XmlElement>) =>
  Object.fromEntries(Object.entries(properties).map(([name, { text }]) => [name, text]));

const done = { Status: 'Completed', PercentComplete: '100', CompleteDate: '2026-07-01T00:00:00Z' };
const half = { Status: 'InProgress', PercentComplete: '50' };

describe('a task of the Exchange simulator', () => {
  test.each<[string, Record<string, string>, Record<string, string>, Record<string, string>]>([
    ['its status completed', {}, { Status: 'Completed' }, done],
    ['all of it done', half, { PercentComplete: '100' }, done],
    [
      'a date of completion',
      {},
      { CompleteDate: '2026-06-01T00:00:00Z' },
      { ...done, CompleteDate: '2026-06-01T00:00:00Z' },
    ],
    ['its status taken back', done, { Status: 'NotStarted' }, { Status: 'NotStarted', PercentComplete: '0' }],
    ['its status set to in progress', done, { Status: 'InProgress' }, { Status: 'InProgress', PercentComplete: '0' }],
    ['less of it done', done, { PercentComplete: '75' }, { Status: 'InProgress', PercentComplete: '75' }],
    ['nothing of it done', half, { PercentComplete: '0' }, { Status: 'NotStarted', PercentComplete: '0' }],
    [
      'something done while it waits',
      { Status: 'WaitingOnOthers' },
      { PercentComplete: '10' },
      { Status: 'WaitingOnOthers', PercentComplete: '10' },
    ],
    ['nothing new', half, {}, half],
  ])('with %s says so in all of its properties', (_what, old, change, expected) => {
    const before = elements(old);
    expect(texts(completeTask({ ...before, ...elements(change) }, before, now))).toEqual(expected);
  });

  test('whose date of completion is deleted is open again', () => {
    const { CompleteDate: _gone, ...rest } = elements(done);
    expect(texts(completeTask(rest, elements(done), now))).toEqual({ Status: 'NotStarted', PercentComplete: '0' });
  });
});
