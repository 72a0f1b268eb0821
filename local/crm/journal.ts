import { closeSync, existsSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';

/** An append-only list of entries. What `append` returned from survives kill -9: the kernel has it. */
export interface Journal<Entry> {
  /** What an earlier run left, in order. */
  readonly past: readonly Entry[];
  append(entries: readonly Entry[]): void;
  close(): void;
}

/** One JSON object a line in `directory`/journal.jsonl; without a directory nothing is kept. */
export function openJournal<Entry>(directory: string | undefined): Journal<Entry> {
  if (directory === undefined) return { past: [], append() {}, close() {} };
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, 'journal.jsonl');
  const content = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const whole = content.subarray(0, content.lastIndexOf(0x0a) + 1);
  // A line that a crash cut off was never acknowledged; the next one must not be glued to it.
  if (whole.length < content.length) truncateSync(file, whole.length);
  const lines = whole.toString('utf8').split('\n').slice(0, -1);
  const descriptor = openSync(file, 'a');
  return {
    past: lines.map((line) => JSON.parse(line) as Entry),
    append(entries) {
      const bytes = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
    },
    close: () => closeSync(descriptor),
  };
}
