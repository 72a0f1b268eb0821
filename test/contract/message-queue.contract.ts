import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageQueue } from '../../shared/ports/message-queue.ts';

export interface Note {
  readonly id: string;
  readonly text?: string;
  readonly traceparent?: string;
}

export interface MessageQueueUnderTest {
  readonly queue: MessageQueue<Note>;
  now(): Date;
  advance(milliseconds: number): Promise<void>;
  /** Takes messages off the queue until there were so many; rejects when they do not come. */
  receive(count: number): Promise<Note[]>;
  close(): Promise<void>;
}

const idsOf = (notes: readonly Note[]) => notes.map(({ id }) => id).sort();

/** What every queue must do, whatever it is made of. */
export function describeMessageQueue(name: string, create: () => Promise<MessageQueueUnderTest>): void {
  describe(`the message queue of ${name}`, () => {
    let under: MessageQueueUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    const later = (milliseconds: number) => new Date(under.now().getTime() + milliseconds);

    test('what is sent arrives as it was', async () => {
      const note = { id: 'a/b\\c#d?e%f|', text: 'ä你好😀 "quoted"\n', traceparent: '00-4bf9-00f0-01' };
      await under.queue.send([{ body: note }]);
      expect(await under.receive(1)).toEqual([note]);
    });

    test('sending nothing does nothing', async () => {
      await under.queue.send([]);
      await under.queue.send([{ body: { id: 'only' } }]);
      expect(await under.receive(1)).toEqual([{ id: 'only' }]);
    });

    test('more than one batch holds arrives, each once', async () => {
      const notes = Array.from({ length: 900 }, (_, index) => ({ id: `n${index}`, text: 'x'.repeat(1000) }));
      await under.queue.send(notes.map((body) => ({ body })));
      expect(idsOf(await under.receive(900))).toEqual(idsOf(notes));
    });

    test('each message comes at its own time, whatever it was sent together with', async () => {
      await under.queue.send([
        { body: { id: 'in ten minutes' }, at: later(600_000) },
        { body: { id: 'at once' } },
        { body: { id: 'in a minute' }, at: later(60_000) },
        { body: { id: 'in a minute too' }, at: later(60_000) },
      ]);
      expect(idsOf(await under.receive(1))).toEqual(['at once']);

      await under.advance(59_000);
      await under.queue.send([{ body: { id: 'marker' } }]);
      expect(idsOf(await under.receive(1))).toEqual(['marker']);

      await under.advance(1_000);
      expect(idsOf(await under.receive(2))).toEqual(['in a minute', 'in a minute too']);
      await under.advance(540_000);
      expect(idsOf(await under.receive(1))).toEqual(['in ten minutes']);
    });

    test('a time gone by means at once', async () => {
      await under.queue.send([{ body: { id: 'late' }, at: later(-60_000) }]);
      expect(idsOf(await under.receive(1))).toEqual(['late']);
    });
  });
}
