import { describe, expect, test } from '@jest/globals';
import { readSoapAnswer } from '../../../shared/adapters/ews/soap-answer.ts';
import { attributeOf, scanXml, unescapeXml, XmlRefused } from '../../../shared/adapters/ews/xml-scan.ts';
import { envelope, errorMessage, fault, responses } from '../../support/canned-server.ts';

const nothing = { open: () => {}, close: () => {} };
const scanned = (xml: string) => scanXml(xml, 64, nothing);

function refusalOf(xml: string): string {
  try {
    scanned(xml);
    return 'taken';
  } catch (error) {
    return error instanceof XmlRefused ? error.code : String(error);
  }
}

describe('what no parser may see', () => {
  const lol = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
  test.each([
    ['a DTD', '<!DOCTYPE a><a/>', 'AnswerHasDoctype'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'AnswerHasDoctype'],
    ['a billion laughs', `<!DOCTYPE a [<!ENTITY l0 "ha">${lol}]><a>&l9;</a>`, 'AnswerHasDoctype'],
    ['a DTD in lower case', '<!doctype a><a/>', 'AnswerHasDoctype'],
    ['a DTD inside', '<a><!DOCTYPE b></a>', 'AnswerHasDoctype'],
    ['an entity nobody declared', '<a>&x;</a>', 'AnswerNotWellFormed'],
    ['an entity in an attribute', '<a b="&x;"/>', 'AnswerNotWellFormed'],
    ['a second root', '<a/><b/>', 'AnswerNotWellFormed'],
    ['text beside the root', '<a/>x', 'AnswerNotWellFormed'],
    ['a cut document', '<a><b>', 'AnswerNotWellFormed'],
    ['a cut tag', '<a><b c="', 'AnswerNotWellFormed'],
    ['a cut comment', '<a><!-- ', 'AnswerNotWellFormed'],
    ['crossed tags', '<a><b></a></b>', 'AnswerNotWellFormed'],
    ['a bare ampersand', '<a>b & c</a>', 'AnswerNotWellFormed'],
    ['a less-than in an attribute', '<a b="<"/>', 'AnswerNotWellFormed'],
    ['nesting without end', '<a>'.repeat(300_000), 'AnswerTooDeep'],
    ['nothing', '', 'AnswerNotWellFormed'],
  ])('%s is refused at once', (_what, xml, code) => {
    const start = performance.now();
    expect(refusalOf(xml)).toBe(code);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

test('text that the library would lose is kept', () => {
  expect(scanned('<?xml version="1.0"?><a><!-- c --><b>x<![CDATA[<&>]]>y</b></a>')).toBe(
    '<a><b>x&lt;&amp;&gt;y</b></a>',
  );
});

test('attributes and entities are read as they were meant', () => {
  expect(attributeOf(' Id="a&amp;&#x41;&#66;" ChangeKey=\'"\'', 'Id')).toBe('a&AB');
  expect(attributeOf(' Id="a" ChangeKey=\'"\'', 'ChangeKey')).toBe('"');
  expect(attributeOf(' ParentId="a"', 'Id')).toBeUndefined();
  expect(unescapeXml('&lt;&gt;&quot;&apos;&#x1F600;&#xFFFFFF;')).toBe('<>"\'😀');
});

test('each answer of a batch keeps its code, known or not, and its ids', () => {
  const answer = readSoapAnswer(
    responses('CreateItem', [
      '<* ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Items><t:CalendarItem><t:ItemId Id="i&amp;1" ChangeKey="c1"/></t:CalendarItem></m:Items></*>',
      errorMessage(
        'ErrorOfTomorrow',
        '<m:MessageXml><t:Value Name="BackOffMilliseconds">1500</t:Value></m:MessageXml>',
      ),
    ]),
  );
  expect(answer.fault).toBeUndefined();
  expect(answer.messages).toMatchObject([
    { failed: false, code: 'NoError', items: [{ itemId: 'i&1', changeKey: 'c1' }] },
    { failed: true, code: 'ErrorOfTomorrow', backOffMs: 1500, items: [] },
  ]);
});

test('a fault gives its code and the pause it asks for', () => {
  expect(readSoapAnswer(fault('ErrorServerBusy', 297_749)).fault).toEqual({
    code: 'ErrorServerBusy',
    backOffMs: 297_749,
  });
  const bare = '<s:Fault><faultcode>s:Client</faultcode><faultstring>No.</faultstring></s:Fault>';
  expect(readSoapAnswer(envelope(bare)).fault).toEqual({ code: 'Client', backOffMs: undefined });
});

test('half a megabyte is scanned in little time', () => {
  const item = '<t:Create><t:CalendarItem><t:ItemId Id="AAMkAGI=" ChangeKey="DwAAABYA"/></t:CalendarItem></t:Create>';
  const xml = responses('SyncFolderItems', [
    `<* ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Changes>${item.repeat(5000)}</m:Changes></*>`,
  ]);
  const start = performance.now();
  readSoapAnswer(xml);
  expect(performance.now() - start).toBeLessThan(500);
});
