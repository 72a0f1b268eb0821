import { attributeIn, type HtmlText, type Range } from './html-text.ts';

/** Where one joins: Teams, Skype, Zoom, Webex, Google Meet, GoTo. */
const joinAddress =
  /https?:\/\/(?:[\w-]+\.){0,4}(?:\w+\/l\/meetup-join\/|teams\.(?:microsoft|live)\.(?:com|us)\/(?:l\/meetup-join|meet)\/|join\.skype\.com\/|meet\.lync\.com\/|zoom(?:gov)?\.(?:us|com)\/(?:j|my|w|s)\/|webex\.com\/\S|meet\.google\.com\/\S|gotomeeting\.com\/join\/|meet\.goto\.com\/\S)/i;

/** A mail filter puts the address behind its own. */
const unwrapped = (address: string) => address.replace(/%3A/gi, ':').replace(/%2F/gi, '/');

interface Line extends Range {
  readonly text: string;
}

function linesOf(text: string): Line[] {
  let from = 0;
  return text.split('\n').map((raw) => {
    const line = {
      text: raw.trim(),
      from: from + raw.length - raw.trimStart().length,
      to: from + raw.trimEnd().length,
    };
    from += raw.length + 1;
    return line;
  });
}

/** The line of underscores, dots or the like that programs draw around their block. */
const isFence = ({ text }: Line) => text.length >= 10 && /^[_.\-=~*:·─━ ]+$/.test(text);

/** Words by which a line beside the address belongs to it. */
const ofMeeting =
  /\bjoin\b|meeting (?:id|number|link|url|key|options)|conference id|video id|tenant key|passcode|password|\bpin\b|dial[- ]?in|\bdial\b|one tap|local number|phone conference|tel:|\+\d[\d\s().-]{6,}|,,\d|learn more|need help|download teams|\b(?:skype|zoom|webex|gotomeeting)\b|microsoft teams|google meet|video (?:system|conferenc)|\bsip:|h\.323|is inviting you|https?:\/\//i;
const longestLine = 300;

/** What a program writes above its address; a bare address in the notes is a note. */
const invitation =
  /\bjoin\b.{0,30}\b(?:zoom|meeting|call|teams|skype|webex|google meet|gotomeeting|video|conference)\b/i;

/** One is enough; a body full of them is no invitation. */
const mostAddresses = 50;
const linesBeforeAddress = 15;
const linesInBlock = 60;

/** Lines with an address to join by, in their text or behind it. */
function addressLines({ html, text, tags }: HtmlText, lines: readonly Line[]): number[] {
  const places: number[] = [];
  for (const { name, closing, from, to, at } of tags) {
    if (name !== 'a' || closing) continue;
    const href = attributeIn(html.slice(from, to), 'href');
    if (href !== undefined && joinAddress.test(unwrapped(href))) places.push(at);
    if (places.length >= mostAddresses) break;
  }
  const found = lines.flatMap((line, index) => {
    const behind = places.some((at) => at >= line.from - 1 && at <= line.to);
    return line.text !== '' && (behind || joinAddress.test(unwrapped(line.text))) ? [index] : [];
  });
  return text === '' ? [] : found;
}

/** An empty paragraph of Outlook is several: its tags and its space. */
const mostBlankLines = 8;

/** How far lines of the meeting go on from one of them; an empty paragraph may stand between. */
function lastRelated(lines: readonly Line[], from: number, step: 1 | -1): number {
  let last = from;
  for (let index = from + step; Math.abs(index - last) <= mostBlankLines; index += step) {
    const line = lines[index];
    if (line === undefined) break;
    if (line.text === '') continue;
    if (!ofMeeting.test(line.text) || line.text.length > longestLine) break;
    last = index;
  }
  return last;
}

/**
 * Where the block of an online meeting stands in the text: from one line drawn around it to the other, else the lines about joining.
 * Undefined when there is none.
 */
export function onlineMeetingIn(source: HtmlText): Range | undefined {
  const lines = linesOf(source.text);
  for (const address of addressLines(source, lines)) {
    const above = lines.slice(0, address).findLastIndex(isFence);
    const drawnAbove = above >= 0 && textLines(lines, above, address) <= linesBeforeAddress;
    const below = lines.findIndex((line, index) => index > address && isFence(line));
    const drawnBelow = below >= 0 && textLines(lines, address, below) <= linesInBlock;
    const invited = lines.slice(Math.max(address - 6, 0), address + 1).some(({ text }) => invitation.test(text));
    if (!invited && !(drawnAbove && drawnBelow)) continue;
    const first = lines[drawnAbove ? above : lastRelated(lines, address, -1)];
    const last = lines[drawnAbove && drawnBelow ? below : lastRelated(lines, address, 1)];
    if (first !== undefined && last !== undefined) return { from: first.from, to: last.to };
  }
  return undefined;
}

const textLines = (lines: readonly Line[], from: number, to: number) =>
  lines.slice(from, to).filter(({ text }) => text !== '').length;
