import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { htmlOfText, textOfHtml } from '../../../shared/adapters/ews/ews-bodies.ts';
import { canonicalLine, canonicalText, withoutIllegalCharacters } from '../../../shared/domain/canonical-text.ts';

test.each([
  ['line ends of Windows and old Macs', 'a\r\nb\rc', 'a\nb\nc'],
  ['separators that XML parsers turn into line ends', 'a\u0085b\u2028c\u2029d', 'a\nb\nc\nd'],
  ['no-break spaces and tabs', 'a\u00A0b\tc', 'a b c'],
  ['spaces at line ends', 'a  \nb\t', 'a\nb'],
  ['blank lines around and more than one between', '\n\n a\n\n \n\nb\n\n', 'a\n\nb'],
  ['letters made of several characters', 'e\u0301', 'é'],
  ['characters XML cannot carry', 'a\u0000\u0007\uFFFE\uD800b', 'ab'],
])('one form for %s', (_what, text, expected) => {
  expect(canonicalText(text)).toBe(expected);
});

test('a line has no line ends', () => {
  expect(canonicalLine(' a \r\n\r\n b ')).toBe('a b');
});

const piece = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('a', ' ', '  ', '\n', '\t', '\r', '\u00A0', '\u200B', '\u2028', '\uFEFF', '.', '#'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('<', '&', '>', '"', "'", '&amp;', '<br>', '</div>', '* ', 'https://a.example/?b=c&d'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
);
const anyText = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

test('the canonical form of a canonical text is the text itself', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const canonical = canonicalText(text);
      expect(canonicalText(canonical)).toBe(canonical);
      expect(withoutIllegalCharacters(canonical)).toBe(canonical);
    }),
    { numRuns: 1000 },
  );
});

test('a text written as HTML and read back is its canonical form', () => {
  fc.assert(
    fc.property(anyText, (text) => expect(textOfHtml(htmlOfText(text))).toBe(canonicalText(text))),
    { numRuns: 1500 },
  );
});

test('web addresses become links, without the punctuation behind them', () => {
  expect(htmlOfText('See https://crm.example/r?a=1&b=2.\n  Or (http://x.example).')).toBe(
    '<html><body><div>See <a href="https://crm.example/r?a=1&amp;b=2">https://crm.example/r?a=1&amp;b=2</a>.<br>&nbsp; Or (<a href="http://x.example">http://x.example</a>).</div></body></html>',
  );
});

test('HTML of Outlook is read as its user sees it', () => {
  const html =
    '<html><head><title>t</title><style>p{}</style></head><body><h1>Head</h1><p class="MsoNormal">one</p><p class="MsoNormal">&nbsp;</p><p class="MsoNormal">two <a href="mailto:a@b.example">Ann</a> <a href="http://q.example">http://q.example</a></p><p>three</p><ul><li>four</li></ul><table><tr><td>five</td><td>six</td></tr></table><script>no</script><img alt="no" src="no"></body></html>';
  expect(textOfHtml(html)).toBe('Head\n\none\n\ntwo Ann http://q.example\n\nthree\n\n * four\n\nfive six');
});

test('HTML nested a hundred thousand deep is read without harm, in little time', () => {
  const start = performance.now();
  expect(textOfHtml(`${'<div>'.repeat(100_000)}deep`)).toBe('deep');
  expect(textOfHtml(`${'<x>'.repeat(100_000)}deep`)).toBeDefined();
  expect(performance.now() - start).toBeLessThan(2000);
});
