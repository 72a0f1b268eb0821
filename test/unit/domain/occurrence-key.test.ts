import { expect, test } from '@jest/globals';
import { ItemId, MailboxId, OrganizationId } from '../../../shared/domain/ids.ts';
import {
  isOccurrence,
  occurrenceItemId,
  operationOfOccurrence,
  parseOccurrenceItemId,
} from '../../../shared/domain/occurrence-key.ts';

const uid = '040000008200E00074C5B7101A82E00800000000';
const seriesId = ItemId.parse('AAMkAGI2:TG9uZw==');

test('an occurrence has one id by its series and its original start, however that is written', () => {
  const id = occurrenceItemId(seriesId, '2030-05-06T09:00:00Z');
  expect(occurrenceItemId(seriesId, '2030-05-06T09:00:00.000Z')).toBe(id);
  expect(occurrenceItemId(seriesId, '2030-05-07T09:00:00Z')).not.toBe(id);
  expect(occurrenceItemId(ItemId.parse('AAMkAGI3'), '2030-05-06T09:00:00Z')).not.toBe(id);
});

test('the id of an occurrence tells where to look for it', () => {
  const id = occurrenceItemId(seriesId, '2030-05-06T09:00:00Z');
  expect(isOccurrence(id)).toBe(true);
  expect(parseOccurrenceItemId(id)).toEqual({ seriesId, originalStart: '2030-05-06T09:00:00.000Z' });
});

test.each(['AAMkAGI2', 'occurrence:', 'occurrence:soon:AAMkAGI2'])('"%s" is no id of an occurrence', (text) => {
  const id = ItemId.parse(text);
  expect(isOccurrence(id)).toBe(false);
  expect(parseOccurrenceItemId(id)).toBeUndefined();
});

test('the create of its record has one name in each mailbox', () => {
  const box = { organizationId: OrganizationId.parse('contoso'), mailboxId: MailboxId.parse('rep1') };
  const operation = operationOfOccurrence(box, uid, '2030-05-06T09:00:00Z');
  expect(operationOfOccurrence(box, uid, '2030-05-06T09:00:00.000Z')).toBe(operation);
  expect(operationOfOccurrence(box, uid, '2030-05-13T09:00:00Z')).not.toBe(operation);
  const other = { ...box, mailboxId: MailboxId.parse('rep2') };
  expect(operationOfOccurrence(other, uid, '2030-05-06T09:00:00Z')).not.toBe(operation);
});
