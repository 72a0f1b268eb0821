import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';

/** An append-only file of one JSON object a line. What `append` returned from survives kill -9: the kernel has it. */
export interface Journal<Entry> {
  append(entries: readonly Entry[]): void;
  close(): void;
}

/** Reads what is there; a last line that was cut off by a crash is dropped. */
export function readJournal<Entry>(directory: string): Entry[] {
  const file = path.join(directory, 'journal.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  const unfinished = lines.pop();
  const entries = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Entry);
  if (unfinished) process.stderr.write(`dropped the unfinished last line of ${file}\n`);
  return entries;
}

/** Starts a compacted journal that holds `snapshot`, in place of the old one. */
export function startJournal<Entry>(directory: string, snapshot: readonly Entry[]): Journal<Entry> {
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, 'journal.jsonl');
  const toLines = (entries: readonly Entry[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  const next = openSync(`${file}.new`, 'w');
  writeSync(next, toLines(snapshot));
  fsyncSync(next);
  closeSync(next);
  renameSync(`${file}.new`, file);
  const descriptor = openSync(file, 'a');
  return {
    append: (entries) => void writeSync(descriptor, toLines(entries)),
    close: () => closeSync(descriptor),
  };
}
