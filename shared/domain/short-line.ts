import { canonicalLine } from './canonical-text.ts';

/** Exchange keeps at most 255 characters of a subject and of a location; what is longer is cut on the way there. */
const longestLine = 255;

/** A line as Exchange can hold it. */
export const shortLine = (text: string): string => [...canonicalLine(text)].slice(0, longestLine).join('').trimEnd();
