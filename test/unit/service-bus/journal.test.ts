import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type JournalEntry, openJournal } from '../../../local/service-bus/journal.ts';
import type { QueueFact } from '../../../local/service-bus/queue-facts.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const file = () => path.join(directory, 'journal.jsonl');
const removed = (sequenceNumber: number): QueueFact => ({ kind: 'removed', sequenceNumber });

function enqueued(sequenceNumber: number, content = Buffer.from([0, 255, 10])): QueueFact {
  return { kind: 'enqueued', sequenceNumber, messageId: `m${sequenceNumber}`, content, enqueuedAt: 1 };
}

function open(snapshot: () => Iterable<JournalEntry> = () => []) {
  const entries: JournalEntry[] = [];
  return { entries, journal: openJournal(directory, (entry) => void entries.push(entry), snapshot) };
}

test('tells after reopening what was flushed, byte for byte', () => {
  const first = open().journal;
  first.append('changes', enqueued(1));
  first.append('changes', removed(1));
  first.flush();
  first.append('changes', removed(2));
  expect(open().entries).toEqual([
    { queue: 'changes', fact: enqueued(1) },
    { queue: 'changes', fact: removed(1) },
  ]);
  first.close();
});

test('drops a line that was cut off by a sudden end, and goes on after the whole ones', () => {
  writeFileSync(file(), '{"queue":"q","kind":"removed","sequenceNumber":1}\n{"queue":"q","kind":"remo');
  const { journal } = open();
  journal.append('q', removed(2));
  journal.flush();
  journal.close();
  expect(open().entries.map(({ fact }) => fact)).toEqual([removed(1), removed(2)]);
});

test('names the file and the place when it is damaged in the middle', () => {
  writeFileSync(file(), '{"queue":"q","kind":"removed","sequenceNumber":1}\n');
  appendFileSync(file(), 'nonsense\n{"queue":"q","kind":"removed","sequenceNumber":1}\n');
  expect(() => open()).toThrow(/journal\.jsonl is damaged at byte 50.*delete the file/);
});

test('becomes a snapshot when it has grown, and stays complete', () => {
  const { journal } = open(() => [{ queue: 'q', fact: enqueued(7) }]);
  const large = Buffer.alloc(1024 * 1024);
  for (let round = 0; round < 5; round += 1) {
    journal.append('q', enqueued(round, large));
    journal.flush();
  }
  const compacted = statSync(file()).size;
  journal.append('q', removed(7));
  journal.flush();
  journal.close();
  expect(compacted).toBeLessThan(3 * 1024 * 1024);
  const { entries } = open();
  expect(entries).toHaveLength(4);
  expect(entries[0]?.fact).toEqual(enqueued(7));
  expect(entries.at(-1)?.fact).toEqual(removed(7));
});
