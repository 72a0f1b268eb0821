import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { appendedBody, bodyAs, keptBody } from '../../../local/exchange/body.ts';
import { insideBody, rewriteHtml } from '../../../local/exchange/rewrite-html.ts';
import { textElement } from '../../../local/exchange/xml.ts';

const inside = (html: string) => insideBody(rewriteHtml(html));
const html = (text: string) => textElement('t:Body', text, { BodyType: 'HTML' });
const plain = (text: string) => textElement('t:Body', text, { BodyType: 'Text' });

describe('an HTML body in the Exchange simulator', () => {
  test('comes back in a frame of its own, with lines that end in CRLF', () => {
    expect(rewriteHtml('<p>one\ntwo</p>')).toBe(
      '<html>\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n</head>\r\n<body>\r\n<p>one\r\ntwo</p>\r\n</body>\r\n</html>\r\n',
    );
  });

  test.each([
    [
      'attributes are quoted, in small letters',
      "<A HREF='https://x.example/?a=1' TARGET=_blank>x</A>",
      '<a href="https://x.example/?a=1" target="_blank">x</a>',
    ],
    [
      'ids, classes, data and handlers go',
      '<div id="a" class="b" data-c="d" onclick="e()" style="color:red">x</div>',
      '<div style="color:red">x</div>',
    ],
    ['comments and conditional comments go', 'a<!-- crm:123 -->b<![if mso]>c<![endif]>', 'abc'],
    ['unknown elements leave their content', '<o:p>a</o:p><section>b</section><p>c</p>', 'ab<p>c</p>'],
    ['scripts and styles go with theirs', '<style>p{}</style>a<script>alert("<p>")</script>b', 'ab'],
    ['several spaces stay several', 'a   b  <b>c</b>', 'a&nbsp;&nbsp; b  <b>c</b>'],
    ['a bare ampersand is escaped', 'a & b &amp; c &#39;d&#39;', "a &amp; b &amp; c 'd'"],
    ['empty elements lose their slash', 'a<br/>b<hr />', 'a<br>b<hr>'],
    ['an own head goes', '<html><head><title>t</title></head><body bgcolor="red"><p>x</p></body></html>', '<p>x</p>'],
  ])('%s', (_what, source, expected) => {
    expect(inside(source)).toBe(expected);
  });

  test('does not change when it is written again', () => {
    const part = fc.constantFrom(
      '<p>',
      '</p>',
      '  ',
      ' ',
      '\n',
      'a',
      '&',
      '&amp;',
      '<br/>',
      '<x>',
      '<!-- c -->',
      '"',
      "'",
      '<',
      '>',
      '\u00A0',
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const once = rewriteHtml(parts.join(''));
        expect(rewriteHtml(once)).toBe(once);
      }),
      { numRuns: 1000 },
    );
  });

  test('written as text is read as HTML, and the other way round', () => {
    expect(bodyAs('Body', keptBody(html('<p>a &amp; b</p><p>c</p>')), 'Text').text).toBe('a & b\r\n\r\nc');
    expect(insideBody(bodyAs('Body', keptBody(plain('a < b\nc  d')), 'HTML').text)).toBe('a &lt; b<br>\r\nc&nbsp; d');
    expect(bodyAs('Body', keptBody(plain('a\nb')), 'Best').text).toBe('a\r\nb');
  });

  test('is appended to inside', () => {
    const body = appendedBody(keptBody(html('<p>one</p>')), keptBody(html('<p>two</p>')));
    expect(insideBody(body.text)).toBe('<p>one</p><p>two</p>');
    expect(insideBody(appendedBody(body, keptBody(plain('<3'))).text)).toBe('<p>one</p><p>two</p>&lt;3');
  });
});
