import { bodyAs, keptBody } from './body.ts';
import { insideBody } from './rewrite-html.ts';
import type { ItemContent } from './store.ts';
import { textElement } from './xml.ts';

const rule = '_'.repeat(80);
const defaultUrl =
  'https://teams.microsoft.com/l/meetup-join/19%3ameeting_MDAwMDAwMDAtMDAwMC0wMDAw%40thread.v2/0?context=%7b%22Tid%22%3a%220%22%7d';

const block = (url: string) =>
  `<div>${rule}</div>\n<div><span style="font-size:24px">Microsoft Teams meeting</span></div>\n<div><b>Join:</b> <a href="${url}">Join the meeting now</a></div>\n` +
  `<div>Meeting ID: 312 456 789 01</div>\n<div>Passcode: aB3dE6</div>\n<div>${rule}</div>`;

/** The item after Teams has made it an online meeting: its block stands at the end of the body. */
export function withOnlineMeeting(content: ItemContent, url: string = defaultUrl): ItemContent {
  const body = insideBody(bodyAs('Body', content.properties['Body'], 'HTML').text);
  return {
    ...content,
    properties: {
      ...content.properties,
      Body: keptBody(textElement('t:Body', `${body}\n${block(url)}`, { BodyType: 'HTML' })),
      IsOnlineMeeting: textElement('t:IsOnlineMeeting', 'true'),
      JoinOnlineMeetingUrl: textElement('t:JoinOnlineMeetingUrl', url),
    },
  };
}
