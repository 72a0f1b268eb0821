import type { RecordChange, RecordChangePage } from '../../ports/crm-gateway.ts';

export interface MemoryCrmFeed {
  add(change: RecordChange, at: number): void;
  readonly length: number;
  /** A watermark with a `+` goes on with a listing: its overlap was listed before, and would never end if it came again. */
  pageAfter(watermark: string, overlapSeconds: number): RecordChangePage;
  /** Everything since. */
  allAfter(watermark: string): RecordChange[];
}

/** The changes of a CRM in the order of their commits; a watermark is a position in it. */
export function memoryCrmFeed(pageSize: number): MemoryCrmFeed {
  const changes: { readonly change: RecordChange; readonly at: number }[] = [];
  return {
    add(change, at) {
      changes.push({ change, at });
    },
    get length() {
      return changes.length;
    },
    pageAfter(watermark, overlapSeconds) {
      const position = Number.parseInt(watermark, 10);
      const edge = (changes[position - 1]?.at ?? 0) - overlapSeconds * 1000;
      let first = position;
      if (overlapSeconds > 0 && !watermark.endsWith('+'))
        while (first > 0 && (changes[first - 1]?.at ?? 0) >= edge) first -= 1;
      const end = Math.min(first + pageSize, changes.length);
      const more = end < changes.length;
      return {
        changes: changes.slice(first, end).map(({ change }) => change),
        watermark: more ? `${end}+` : `${end}`,
        more,
      };
    },
    allAfter: (watermark) => changes.slice(Number.parseInt(watermark, 10)).map(({ change }) => change),
  };
}
