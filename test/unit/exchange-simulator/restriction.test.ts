import { describe, expect, test } from '@jest/globals';
import { isKnownField } from '../../../local/exchange/item-shape.ts';
import { compileRestriction, type Searchable } from '../../../local/exchange/restriction.ts';
import { namespaces, parseXml } from '../../../local/exchange/xml.ts';

const fields: Record<string, string[]> = {
  'item:Subject': ['Quarterly Review'],
  'calendar:Start': ['2026-07-01T09:00:00Z'],
  'item:Categories': ['Sales', 'VIP'],
  'task:PercentComplete': ['50'],
};
const thing: Searchable = {
  field: (uri) => fields[uri],
  extended: (key) => (key === 'c11ff724-aa03-4555-9952-8fa248a11c3e|"crmid"|String' ? ['crm-1'] : undefined),
};
const path = (uri: string) => `<t:FieldURI FieldURI="${uri}"/>`;
const crmId =
  '<t:ExtendedFieldURI PropertySetId="C11FF724-AA03-4555-9952-8FA248A11C3E" PropertyName="CrmId" PropertyType="String"/>';
const compare = (name: string, left: string, right: string) =>
  `<t:${name}>${left}<t:FieldURIOrConstant><t:Constant Value="${right}"/></t:FieldURIOrConstant></t:${name}>`;
const contains = (mode: string, value: string, comparison = 'IgnoreCase') =>
  `<t:Contains ContainmentMode="${mode}" ContainmentComparison="${comparison}">${path('item:Subject')}<t:Constant Value="${value}"/></t:Contains>`;
const subject = compare('IsEqualTo', path('item:Subject'), 'quarterly review');
const other = compare('IsEqualTo', path('item:Subject'), 'other');

const compile = (expression: string) =>
  compileRestriction(parseXml(expression.replace(/^<t:\w+/, `$& xmlns:t="${namespaces.t}"`)), isKnownField);

describe('a restriction of FindItem', () => {
  test.each([
    ['text without case', subject, true],
    ['another text', other, false],
    ['dates by instant, not by text', compare('IsEqualTo', path('calendar:Start'), '2026-07-01T11:00:00+02:00'), true],
    ['a later date', compare('IsGreaterThan', path('calendar:Start'), '2026-07-01T08:00:00Z'), true],
    ['numbers by value', compare('IsLessThan', path('task:PercentComplete'), '100'), true],
    ['an extended property, whatever the case of its set', compare('IsEqualTo', crmId, 'crm-1'), true],
    ['another value of it', compare('IsEqualTo', crmId, 'crm-2'), false],
    ['one of several values', compare('IsEqualTo', path('item:Categories'), 'VIP'), true],
    ['inequality of what is not there', compare('IsNotEqualTo', path('calendar:Location'), 'x'), true],
    ['presence', `<t:Exists>${crmId}</t:Exists>`, true],
    ['absence', `<t:Not><t:Exists>${path('calendar:Location')}</t:Exists></t:Not>`, true],
    ['and', `<t:And>${subject}${other}</t:And>`, false],
    ['or', `<t:Or>${subject}${other}</t:Or>`, true],
    ['a substring', contains('Substring', 'TERLY'), true],
    ['a prefix', contains('Prefixed', 'review'), false],
    ['the prefix of a word', contains('PrefixOnWords', 'rev'), true],
    ['exact case', contains('Substring', 'quarterly', 'Exact'), false],
  ])('compares %s', (_what, expression, expected) => {
    expect(compile(expression)(thing)).toBe(expected);
  });

  test('refuses what Exchange cannot search by', () => {
    expect(() => compile(compare('IsEqualTo', path('calendar:RequiredAttendees'), 'x'))).toThrow(
      expect.objectContaining({ code: 'ErrorUnsupportedPathForQuery' }),
    );
  });
});
