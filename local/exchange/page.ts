import { EwsError } from './ews-error.ts';
import type { XmlElement } from './xml.ts';

/** Exchange gives at most a thousand entries for one FindItem (EwsFindCountLimit). */
const findCountLimit = 1000;

export interface Page {
  offset: number;
  maximum: number;
  fromEnd: boolean;
  fraction: readonly [numerator: number, denominator: number] | undefined;
}

export interface IndexedPage<Entry> {
  entries: readonly Entry[];
  /** Where the next page starts; a CalendarView has no pages. */
  offset: number | undefined;
  attributes(): Record<string, string>;
}

/** @throws EwsError for an offset or maximum that makes no sense */
export function readPage(view: XmlElement | undefined): Page {
  const number = (name: string, missing: number) => Number(view?.attributes[name] ?? missing);
  const maximum = number('MaxEntriesReturned', findCountLimit);
  const offset = number('Offset', 0);
  if (maximum < 1)
    throw new EwsError('ErrorInvalidPagingMaxRows', 'The value of MaxEntriesReturned must be greater than zero.');
  if (offset < 0)
    throw new EwsError(
      'ErrorInvalidIndexedPagingParameters',
      'The offset of an indexed page view must not be negative.',
    );
  const denominator = number('Denominator', 0);
  const numerator = number('Numerator', 0);
  if (denominator < 0 || numerator < 0 || numerator > denominator) {
    throw new EwsError('ErrorInvalidFractionalPagingParameters', 'The fraction of the page view is invalid.');
  }
  return {
    offset,
    maximum: Math.min(maximum, findCountLimit),
    fromEnd: view?.attributes['BasePoint'] === 'End',
    fraction: denominator > 0 ? [numerator, denominator] : undefined,
  };
}

/** The part of `all` that the view asks for. With BasePoint End the offset counts backwards from the last entry. */
export function indexedPage<Entry>(all: readonly Entry[], page: Page): IndexedPage<Entry> {
  const skipped = page.fraction ? Math.floor((all.length * page.fraction[0]) / page.fraction[1]) : page.offset;
  const start = page.fromEnd ? Math.max(0, all.length - skipped - page.maximum) : skipped;
  const stop = page.fromEnd ? Math.max(0, all.length - skipped) : skipped + page.maximum;
  const entries = all.slice(start, stop);
  const isLast = page.fromEnd ? start === 0 : stop >= all.length;
  const next = page.fromEnd ? skipped + entries.length : Math.min(stop, all.length);
  return {
    entries,
    offset: next,
    attributes() {
      return {
        ...(this.offset === undefined ? {} : { IndexedPagingOffset: String(this.offset) }),
        TotalItemsInView: String(all.length),
        IncludesLastItemInRange: String(isLast),
      };
    },
  };
}
