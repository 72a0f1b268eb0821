import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { QueueFact } from './queue-facts.ts';

export interface JournalEntry {
  queue: string;
  fact: QueueFact;
}

/** An append-only file of facts, one JSON line each. It survives the end of the process, however sudden. */
export interface Journal {
  /** Remembers a line for the next flush. */
  append(queue: string, fact: QueueFact): void;
  /** Hands everything to the operating system in one write; only then may anything be acknowledged. */
  flush(): void;
  close(): void;
}

const slackBytes = 4 * 1024 * 1024;

/**
 * Replays the journal of a directory, then goes on with it. When the file has grown to twice what a snapshot took (and
 * 4 MiB), it is replaced by a snapshot.
 */
export function openJournal(
  directory: string,
  replay: (entry: JournalEntry) => void,
  snapshot: () => Iterable<JournalEntry>,
): Journal {
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, 'journal.jsonl');
  let size = existsSync(file) ? replayFile(file, replay) : 0;
  if (existsSync(file)) truncateSync(file, size);
  let descriptor = openSync(file, 'a');
  let compactAt = slackBytes;
  let lines: string[] = [];

  function write(text: string): void {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
    size += bytes.length;
  }

  function compact(): void {
    closeSync(descriptor);
    const fresh = `${file}.new`;
    descriptor = openSync(fresh, 'w');
    size = 0;
    let part: string[] = [];
    for (const entry of snapshot()) {
      part.push(encode(entry));
      if (part.length === 1000) {
        write(part.join(''));
        part = [];
      }
    }
    write(part.join(''));
    closeSync(descriptor);
    renameSync(fresh, file);
    descriptor = openSync(file, 'a');
    compactAt = 2 * size + slackBytes;
  }

  return {
    append(queue, fact) {
      lines.push(encode({ queue, fact }));
    },
    flush() {
      if (lines.length === 0) return;
      write(lines.join(''));
      lines = [];
      if (size > compactAt) compact();
    },
    close: () => closeSync(descriptor),
  };
}

function encode({ queue, fact }: JournalEntry): string {
  const content = 'content' in fact && fact.content !== undefined ? { content: fact.content.toString('base64') } : {};
  return `${JSON.stringify({ queue, ...fact, ...content })}\n`;
}

function decode(line: string): JournalEntry {
  const { queue, ...fact } = JSON.parse(line) as { queue: string; content?: string };
  const content = fact.content === undefined ? {} : { content: Buffer.from(fact.content, 'base64') };
  return { queue, fact: { ...fact, ...content } as QueueFact };
}

/** The bytes that were whole lines: a sudden end may leave half a line, which nobody was told was safe. */
function replayFile(file: string, replay: (entry: JournalEntry) => void): number {
  const bytes = readFileSync(file);
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    let entry: JournalEntry;
    try {
      entry = decode(bytes.toString('utf8', start, end));
    } catch (cause) {
      const advice = 'Mend that line, or delete the file to start with empty queues.';
      throw new Error(`The Service Bus journal ${file} is damaged at byte ${start}. ${advice}`, { cause });
    }
    replay(entry);
    start = end + 1;
  }
  return start;
}
