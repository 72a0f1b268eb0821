import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newBody, patchedBody, plainBody, readBody } from '../../../shared/adapters/ews/ews-body-parts.ts';
import { canonicalText } from '../../../shared/domain/canonical-text.ts';
import { composeBody, linksText, notesOf } from '../../../shared/domain/links-block.ts';

const links = { activity: 'https://crm.example/a/1?x=1&y=2', individual: 'https://crm.example/i/7' };
const others = { activity: 'https://crm.example/a/2' };
const block = composeBody('', links);
const dashes = '_'.repeat(80);
const join = 'https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22%7d';

const teams =
  `<div style="color:#5F5F5F"><span>${dashes}</span></div>\r\n<div class="me-email-text" lang="en-US">` +
  `<div style="margin-bottom:24px"><span style="font-size:24px;font-weight:600">Microsoft Teams <a href="https://aka.ms/x">Need help?</a></span></div>` +
  `<div><a href="${join}" id="meet_invite_block.action.join_link">Join the meeting now</a></div>` +
  '<div><span>Meeting ID: </span><span>123 456 789</span></div><div><span>Passcode: </span><span>aB3</span></div><div><hr></div>' +
  '<div>For organizers: <a href="https://teams.microsoft.com/meetingOptions/?x">Meeting options</a></div></div>' +
  `\r\n<div><span>${dashes}</span></div>`;
const page = (content: string) =>
  `<html xmlns:o="urn:x">\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n<style><!-- p.MsoNormal {margin:0} --></style></head>\r\n<body lang="DE" link="#0563C1">\r\n${content}</body>\r\n</html>`;
const outlook = (lines: readonly string[]) =>
  `<div class="WordSection1">\r\n${lines.map((line) => `<p class="MsoNormal"><span lang="EN-US">${line === '' ? '&nbsp;' : line}<o:p></o:p></span></p>\r\n`).join('')}</div>`;

/** The block as Outlook leaves it: a paragraph a line, entities, line breaks in the source, a sentence of markup in each. */
const outlookBlock = [
  '&#8212;&#8212;&mdash;&mdash;\r\nCRM ————',
  `Activity: <a href="${links.activity.replace('&', '&amp;')}">${links.activity.replace('&', '&amp;')}</a>`,
  `Individual: <a href="${links.individual}"><span style="color:blue">${links.individual}</span></a>`,
  '<b>———</b>——————————',
];

const linksIn = (html: string) => {
  const { bodyText } = readBody(html);
  const lines = bodyText.split('\n').filter((line) => /^(Activity|Individual): /.test(line));
  return lines.join('\n');
};

describe('our block', () => {
  const bodies: [string, string][] = [
    ['as we write it', newBody({ notes: 'Hello\n\nyou', links })],
    ['as Outlook writes it', page(outlook(['Hello', '', 'you', '', ...outlookBlock, 'Thanks']))],
    [
      'before a table and a picture',
      page(`<table><tr><td>${block.replaceAll('\n', '<br>')}</td></tr></table><img src="cid:1">`),
    ],
    ['beside an online meeting', page(`<p>Hello</p>${outlook(outlookBlock)}${teams}`)],
    ['without its closing line', page(outlook(['Hello', ...outlookBlock.slice(0, 3), 'Thanks']))],
    ['that nobody wrote yet', page(`<p>Hello</p>${teams}<p><b>you</b></p>`)],
    ['in an empty body', page('')],
    ['in no page at all', 'Hello <i>you'],
  ];

  test.each(bodies)('%s is written anew, and the text around it is as it was', (_what, was) => {
    const written = patchedBody({ was, links: others });
    expect(linksIn(written)).toBe(linksText(others));
    expect(notesOf(readBody(written).bodyText)).toBe(notesOf(readBody(was).bodyText));
    expect(patchedBody({ was: written, links: others })).toBe(written);
  });

  test.each(bodies)('%s is taken away', (_what, was) => {
    const written = patchedBody({ was, links: {} });
    expect(readBody(written).bodyText).toBe(notesOf(readBody(was).bodyText));
    expect(patchedBody({ was: written, links: {} })).toBe(written);
  });

  test('changes nothing around it byte for byte', () => {
    const [before, after] = [
      page('@').split('@')[0] ?? '',
      `<table><tr><td>1</td></tr></table>${teams}</body>\r\n</html>`,
    ];
    const html = (of: typeof others) =>
      block && newBody({ notes: '', links: of }).replace(/^<html><body>|<\/body><\/html>$/g, '');
    expect(patchedBody({ was: before + html(links) + after, links: others })).toBe(before + html(others) + after);
  });

  test('leaves whole elements behind where it went over several', () => {
    const written = patchedBody({ was: page(outlook(['Hello', ...outlookBlock])), links: others });
    expect(written).toContain('<p class="MsoNormal"><span lang="EN-US">———— CRM ————<br>');
    expect(written.match(/<p\b/g)?.length).toBe(written.match(/<\/p>/g)?.length);
    expect(written.match(/<span\b/g)?.length).toBe(written.match(/<\/span>/g)?.length);
  });

  test('closes and opens what it closed and opened where it began in one element and ended in another', () => {
    const [first, ...rest] = outlookBlock;
    const was = `<p>Hello <i>${first}</i></p><div class="x"><b>${rest.join('<br>')}</b> after</div>`;
    const own = newBody({ notes: '', links: others }).replace(/<\/?(?:html|body|div)>/g, '');
    const closed = '</i></p><div class="x"><b>';
    expect(patchedBody({ was, links: others })).toBe(`<p>Hello <i>${own}${closed}</b> after</div>`);
  });

  test('does not grow by being taken away and put back', () => {
    const first = patchedBody({ was: page('<p>Hello</p>'), links });
    const again = patchedBody({ was: patchedBody({ was: first, links: {} }), links });
    expect(again).toBe(first);
  });
});

describe('notes', () => {
  test.each([
    ['a plain body', newBody({ notes: 'Old', links })],
    ['a body of Outlook', page(outlook(['Old', ...outlookBlock]))],
    ['an online meeting', page(`<p>Old</p>${teams}<p>below</p>${outlook(outlookBlock)}`)],
  ])('take the place of all that people wrote in %s', (_what, was) => {
    const written = patchedBody({ was, notes: 'New\n  <lines> & more' });
    expect(notesOf(readBody(written).bodyText)).toBe('New\n  <lines> & more');
    expect(linksIn(written)).toBe(linksText(links));
    expect(patchedBody({ was: written, notes: 'New\n  <lines> & more' })).toBe(written);
    expect(notesOf(readBody(patchedBody({ was: written, notes: '' })).bodyText)).toBe('');
  });

  test('keep the block of an online meeting byte for byte', () => {
    const written = patchedBody({ was: page(`<p>Old</p>${teams}<p>below</p>`), notes: 'New', links });
    expect(written).toContain(teams);
    expect(readBody(written)).toMatchObject({ bodyText: composeBody('New', links), richBody: true });
    expect(written).not.toContain('below');
  });

  test('that say what is there already leave the body as it is', () => {
    const was = page('<p>One <b>bold</b> word</p><table><tr><td>x</td></tr></table>');
    expect(patchedBody({ was, notes: notesOf(readBody(was).bodyText) })).toBe(was);
  });

  test('without the body as it was are a new one', () => {
    expect(patchedBody({ notes: 'a', links })).toBe(newBody({ notes: 'a', links }));
  });
});

describe('an online meeting', () => {
  const zoom = 'https://us02web.zoom.us/j/123?pwd=x';
  const skype = '.'.repeat(60);
  test.each([
    ['of Teams', teams],
    [
      'of Teams in a paragraph each, with addresses behind a mail filter',
      outlook([
        dashes,
        'Microsoft Teams meeting',
        `<a href="https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(join)}&amp;data=1">Click here to join</a>`,
        'Meeting ID: 1',
        dashes,
      ]),
    ],
    [
      'of Teams whose closing line is gone',
      outlook([dashes, 'Microsoft Teams', `<a href="${join}">Click here to join the meeting</a>`, 'Passcode: x']),
    ],
    ['of Teams as plain text', [dashes, 'Microsoft Teams meeting', 'Join:', join, dashes].join('<br>')],
    [
      'of Skype',
      outlook([
        skype,
        `<a href="https://meet.lync.com/contoso/rep1/AB">Join Skype Meeting</a>`,
        'Trouble Joining?',
        skype,
      ]),
    ],
    [
      'of Zoom',
      outlook([
        'Rep is inviting you to a scheduled Zoom meeting.',
        '',
        'Join Zoom Meeting',
        `<a href="${zoom}">${zoom}</a>`,
        '',
        'Meeting ID: 1',
        'Passcode: 2',
      ]),
    ],
    [
      'of Google Meet',
      outlook(['Join with Google Meet', 'https://meet.google.com/abc-defg-hij', 'Or dial: +1 234 567 890 PIN: 1#']),
    ],
    [
      'of Webex',
      outlook([
        '-'.repeat(20),
        '<a href="https://contoso.webex.com/contoso/j.php?MTID=m1">Join Webex meeting</a>',
        'Meeting number: 1',
        '-'.repeat(20),
      ]),
    ],
  ])('%s is no note, and is kept when the notes change', (_what, meeting) => {
    const was = page(`<p>Above</p><p></p>${meeting}<p></p><p>Below it</p>`);
    expect(readBody(was)).toMatchObject({ richBody: true });
    expect(readBody(was).bodyText).toMatch(/^Above\s+Below it$/);
    const written = patchedBody({ was, notes: 'Ours' });
    expect(readBody(written).bodyText).toBe('Ours');
    const [address = ''] =
      /https:[^"<]+/.exec(meeting.slice(meeting.search(/https:[^"<]*(teams\.m|zoom|lync|meet\.g|webex|safel)/))) ?? [];
    expect(written).toContain(address);
  });

  test.each([
    ['an address in a note', '<p>See https://zoom.us/j/123 for the recording</p>'],
    ['a line drawn by somebody', `<p>${dashes}</p><p>Signature</p><p>${dashes}</p>`],
    ['words about a meeting', '<p>Join the Teams meeting, meeting ID below</p>'],
  ])('is not %s', (_what, html) => {
    expect(readBody(html).richBody).toBe(false);
    expect(readBody(html).bodyText).not.toBe('');
  });
});

test.each<[string, boolean, string]>([
  ['lines of Outlook', false, page(outlook(['a', '', 'b']))],
  [
    'a body of Outlook on the web',
    false,
    '<div class="elementToProof" style="font-family: Aptos; font-size: 12pt; color: rgb(0, 0, 0)">a<br></div>',
  ],
  ['our own links', false, page(outlook(outlookBlock))],
  [
    'a link that shows its address',
    false,
    '<p><a href="https://x.example/">x.example</a> <a href="mailto:a@b.example">a@b.example</a></p>',
  ],
  ['a link behind words', true, '<p><a href="https://x.example">here</a></p>'],
  ['bold letters', true, '<p>a <b>b</b></p>'],
  ['bold letters by style', true, '<p><span style="font-weight:bold">b</span></p>'],
  ['a marked text', true, '<p><span style="background:yellow">b</span></p>'],
  ['a picture', true, '<p>a<img src="cid:1"></p>'],
  ['a table', true, '<table><tr><td>a</td></tr></table>'],
  ['a list', true, '<ul><li>a</li></ul>'],
  ['nothing', false, ''],
])('a body with %s is rich: %s', (_what, rich, html) => {
  expect(readBody(html).richBody).toBe(rich);
});

test('a body of plain text is told as such', () => {
  expect(plainBody(' a <b>\r\n\r\n\r\nc')).toMatchObject({ bodyText: 'a <b>\n\nc', richBody: false });
});

const word = fc.constantFrom(
  'a',
  'B',
  ' ',
  '  ',
  '\n',
  '\n\n',
  '<',
  '&',
  '>',
  '"',
  '—',
  '_',
  '.',
  'ä',
  '🏳️‍🌈',
  '\u200B',
  'https://x.example/?a=b&c',
);
const anyNotes = fc.array(word, { maxLength: 25 }).map((words) => words.join(''));
const markup = fc.constantFrom(
  '<p>',
  '</p>',
  '<div class="x">',
  '</div>',
  '<br>',
  '<b>',
  '</b>',
  '<span>',
  '</span>',
  '<!-- c -->',
  '<img src="a>b">',
  '<table><tr><td>',
  '</td></tr></table>',
  '&nbsp;',
  '&lt;',
  'text',
  ' ',
  '\r\n',
  '<',
  '"',
);
const anyHtml = fc.array(markup, { maxLength: 25 }).map((pieces) => pieces.join(''));

test('notes written are notes read', () => {
  fc.assert(
    fc.property(anyNotes, anyHtml, (notes, html) => {
      const canonical = canonicalText(notes);
      expect(notesOf(readBody(newBody({ notes, links })).bodyText)).toBe(canonical);
      const was = page(`${html}`);
      expect(notesOf(readBody(patchedBody({ was, notes, links })).bodyText)).toBe(canonical);
    }),
    { numRuns: 500 },
  );
});

test('a block replaced twice is a block replaced once, whatever stands around it, and that stays', () => {
  fc.assert(
    fc.property(
      anyHtml,
      anyHtml,
      fc.constantFrom(...[outlook(outlookBlock), newBody({ notes: '', links }), '']),
      (before, after, own) => {
        const was = `${before}<div>${own}</div>${after}`;
        const once = patchedBody({ was, links: others });
        expect(patchedBody({ was: once, links: others })).toBe(once);
        const end = own === '' ? '' : after;
        expect(once.startsWith(before) && once.endsWith(end)).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

test('megabytes of what no mail program writes are read in little time', () => {
  const start = performance.now();
  for (const piece of [
    '<div>',
    '<a href="',
    '<style>',
    `${join} `,
    '<a "<b \'',
    '&',
    '<!--',
    '<',
    `<a href="${join}">join</a><br>`,
  ]) {
    const html = piece.repeat(Math.ceil(400_000 / piece.length));
    expect(readBody(html)).toBeDefined();
    expect(patchedBody({ was: html, notes: 'x', links })).toBeDefined();
  }
  expect(performance.now() - start).toBeLessThan(15_000);
});
