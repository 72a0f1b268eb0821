import { hashOf } from '../domain/hash.ts';
import { RecordId } from '../domain/ids.ts';

/** Begins the record id in the mark of a series. */
export const seriesMark = 'series:';

/** The record id in the mark by which a series is found again after it was moved; occurrences carry none of their own. */
export const seriesRecordId = (uid: string): RecordId => RecordId.parse(`${seriesMark}${hashOf('series', uid)}`);
