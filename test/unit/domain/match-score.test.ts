import { describe, expect, test } from '@jest/globals';
import { Activity } from '../../../shared/domain/activity.ts';
import type { Appointment } from '../../../shared/domain/appointment.ts';
import { Contact } from '../../../shared/domain/contact.ts';
import type { ContactItem } from '../../../shared/domain/contact-item.ts';
import { decideMatches } from '../../../shared/domain/match-pairs.ts';
import { scoreMatch } from '../../../shared/domain/match-score.ts';
import type { Task } from '../../../shared/domain/task.ts';

const common = { version: '1', ownerId: 'rep1', modifiedAt: '2026-01-01T00:00:00.000Z' };
const activity = (more: object = {}) =>
  Activity.parse({
    ...{ id: 'a', type: 'Call', subject: 'Visit at Weber Ltd', ...common },
    ...{ start: '2026-02-02T09:00:00.000Z', end: '2026-02-02T10:00:00.000Z', ...more },
  });
const appointment = (more: object = {}) =>
  ({
    ...{ kind: 'appointment', itemId: 'i', changeKey: 'k', subject: 'Visit at Weber Ltd', location: '', bodyText: '' },
    ...{ start: '2026-02-02T09:00:00.000Z', end: '2026-02-02T10:00:00.000Z', timeZone: 'Etc/UTC', allDay: false },
    ...{ cancelled: false, ownMeeting: true, attendees: [], categories: [], sensitivity: 'normal', ...more },
  }) as unknown as Appointment;
const scored = (record: object, item: object) => scoreMatch('appointment', activity(record), appointment(item));
const guest = (email: string) => ({ email, name: '', role: 'required', response: 'none' });

describe('an activity and an appointment', () => {
  test.each([
    ['the same subject and time', {}, {}, 1],
    [
      'other letters, accents and punctuation',
      { subject: 'Besuch bei Müller & Söhne' },
      { subject: 'FW: besuch bei muller, sohne!' },
      1,
    ],
    ['another place', { location: 'Hall 1' }, { location: 'Garage' }, 0.9],
    ['a place on one side only', { location: 'Hall 1' }, {}, 1],
    ['no subject on either side', { subject: '' }, { subject: '' }, 1],
  ])('are the same with %s', (_, record, item, score) => {
    expect(scored(record, item).score).toBe(score);
  });

  test.each([
    ['at another time of the same day', {}, { start: '2026-02-02T14:00:00.000Z', end: '2026-02-02T15:00:00.000Z' }],
    ['where the end differs', {}, { end: '2026-02-02T11:00:00.000Z' }],
    ['where half of the subject differs', {}, { subject: 'Visit at Weber Ltd with Ms Braun and Mr Klein' }],
    [
      'with other guests elsewhere',
      { location: 'A', attendees: [guest('a@x.example')] },
      { location: 'B', attendees: [guest('b@x.example')], subject: 'Visit at Weber' },
    ],
  ])('are doubtful %s', (_, record, item) => {
    const { score } = scored(record, item);
    expect(score).toBeGreaterThanOrEqual(0.6);
    expect(score).toBeLessThan(0.9);
  });

  test.each([
    ['on another day', {}, { start: '2026-02-03T09:00:00.000Z', end: '2026-02-03T10:00:00.000Z' }],
    ['of another name', {}, { subject: 'Lunch' }],
    ['where one has a name and the other has none', {}, { subject: '' }],
    ['where the item is private', {}, { sensitivity: 'private' }],
    ['where the item is cancelled', {}, { cancelled: true }],
    ['where only one repeats itself', {}, { series: {} }],
  ])('are not the same %s', (_, record, item) => {
    expect(scored(record, item).score).toBeLessThan(0.6);
  });

  test('that repeat themselves are the same although one names an exception that is as its pattern has it', () => {
    const recurrence = {
      pattern: { kind: 'daily', interval: 1 },
      ...{ startDate: '2026-02-02', end: { kind: 'byCount', count: 5 } },
    };
    const originalStart = '2026-02-03T09:00:00.000Z';
    const exceptions = [{ originalStart, start: originalStart, end: '2026-02-03T10:00:00.000Z' }];
    const series = { recurrence, exceptions: [], deleted: [] };
    expect(scored({ series }, { series: { ...series, exceptions } }).score).toBe(1);
    const moved = [{ originalStart, start: '2026-02-03T12:00:00.000Z', end: '2026-02-03T13:00:00.000Z' }];
    expect(scored({ series }, { series: { ...series, exceptions: moved } }).score).toBeLessThan(0.6);
  });

  test('that do not repeat themselves are the same whether the CRM knows series or not', () => {
    expect(scored({ series: null }, {}).score).toBe(1);
  });

  test('two of one name on one day do not make each other doubtful', () => {
    expect(scored({}, { start: '2026-02-02T14:00:00.000Z', end: '2026-02-02T15:00:00.000Z' }).score).toBeLessThan(0.75);
  });

  test('of a whole day are compared by the dates of their own zones', () => {
    const tokyo = {
      allDay: true,
      timeZone: 'Asia/Tokyo',
      start: '2026-02-01T15:00:00.000Z',
      end: '2026-02-02T15:00:00.000Z',
    };
    const berlin = {
      allDay: true,
      timeZone: 'Europe/Berlin',
      start: '2026-02-01T23:00:00.000Z',
      end: '2026-02-02T23:00:00.000Z',
    };
    expect(scored(tokyo, berlin)).toEqual({ score: 1, reasons: ['sameSubject', 'sameTime'] });
  });

  test('name the reasons as codes', () => {
    const people = { attendees: [guest('A@x.example')], location: 'Hall 1' };
    expect(scored(people, { attendees: [guest('a@x.example')], location: 'hall 1' }).reasons).toEqual([
      ...['sameSubject', 'sameTime', 'samePlace', 'sameAttendees'],
    ]);
  });
});

describe('an activity and a task', () => {
  const day = { allDay: true, start: '2026-02-10T00:00:00.000Z', end: '2026-02-11T00:00:00.000Z' };
  const score = (description: string, task: object) => {
    const item = { kind: 'task', itemId: 'i', changeKey: 'k', private: false, recurring: false, ...task };
    return scoreMatch('task', activity({ ...day, subject: 'x', description }), item as unknown as Task).score;
  };

  test.each([
    ['Send the offer\nwith prices', { subject: 'Send the offer', dueDate: '2026-02-10' }, 1],
    ['Send the offer', { subject: 'Send the offer', dueDate: '2026-02-12' }, 0.685],
    ['Send the offer', { subject: 'Send the offer', dueDate: '2026-03-10' }, 0],
    ['Send the offer', { subject: 'Send the offer', dueDate: undefined }, 0],
    ['Send the offer', { subject: 'Send the offer', dueDate: '2026-02-10', private: true }, 0],
  ])('%j and %j score %d', (description, task, expected) => {
    expect(score(description, task)).toBe(expected);
  });
});

describe('two contacts', () => {
  const score = (record: object, item: object) =>
    scoreMatch(
      'contact',
      Contact.parse({ kind: 'contact', id: 'contact:1', ...common, givenName: 'Ada', surname: 'Byron', ...record }),
      {
        ...{ kind: 'contact', itemId: 'i', changeKey: 'k', private: false, givenName: 'Ada', surname: 'Byron' },
        ...{ emails: [], phones: {}, company: '', ...item },
      } as unknown as ContactItem,
    ).score;

  test.each([
    ['the same name and address', { emails: ['ada@x.example'] }, { emails: ['ADA@x.example'] }, 1],
    ['the same name and number', { phones: { mobile: '+49 170 1234567' } }, { phones: { home: '0170/1234567' } }, 1],
    ['the same name and nothing else', {}, {}, 0.7],
    ['the same name and company', { company: 'Weber' }, { company: 'Weber' }, 0.7],
    ['the same name and other addresses', { emails: ['a@x.example'] }, { emails: ['b@x.example'] }, 0.4],
    [
      'the same address and another name',
      { emails: ['a@x.example'], givenName: 'X', surname: 'Y' },
      { emails: ['a@x.example'] },
      0.6,
    ],
  ])('with %s', (_, record, item, expected) => {
    expect(score(record, item)).toBe(expected);
  });
});

describe('the decision', () => {
  const pair = (recordId: string, itemId: string, score: number) => ({ recordId, itemId, score, reasons: [] }) as never;
  const decided = (...candidates: never[]) => {
    const { matched, doubtful } = decideMatches(candidates);
    const name = (one: { recordId: string; itemId: string }) => `${one.recordId}-${one.itemId}`;
    return { matched: matched.map(name), doubtful: doubtful.map(name) };
  };

  test.each([
    ['takes the one candidate that is good enough', [pair('1', 'a', 0.9)], ['1-a'], []],
    ['takes the best where the next is far behind', [pair('1', 'a', 0.95), pair('1', 'b', 0.74)], ['1-a'], []],
    ['asks where the next is near', [pair('1', 'a', 0.95), pair('1', 'b', 0.75)], [], ['1-a', '1-b']],
    ['asks where two records want one item', [pair('1', 'a', 0.95), pair('2', 'a', 0.95)], [], ['1-a', '2-a']],
    ['asks below', [pair('1', 'a', 0.89)], [], ['1-a']],
    ['leaves alone what is not alike', [pair('1', 'a', 0.59)], [], []],
    [
      'asks nothing of what is matched otherwise',
      [pair('1', 'a', 0.95), pair('2', 'a', 0.7), pair('2', 'b', 0.7)],
      ['1-a'],
      ['2-b'],
    ],
  ])('%s', (_, candidates, matched, doubtful) => {
    expect(decided(...candidates)).toEqual({ matched, doubtful });
  });

  test('shows at most five candidates of one record', () => {
    const many = Array.from({ length: 9 }, (_, at) => pair('1', `${at}`, 0.8));
    expect(decided(...many).doubtful).toHaveLength(5);
  });
});
