import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectClient, until } from './service-bus-client.ts';

const main = path.join(import.meta.dirname, '../../local/service-bus/main.ts');
const children: ChildProcess[] = [];
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'service-bus-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** Starts the broker as a process of its own; the answer comes when it is ready. */
async function startProcess(port = 0): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(main, ['--port', String(port), '--data', directory], { silent: true, execArgv: [] });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  await until(() => output.includes('\n') || child.exitCode !== null);
  const ready = /^service-bus ready on 127\.0\.0\.1:(\d+)\n$/.exec(output);
  return { child, port: Number(ready?.[1]) };
}

async function receiveAll(port: number, queue: string, deadLetter = false): Promise<ServiceBusReceivedMessage[]> {
  const client = connectClient(port);
  const receiver = client.createReceiver(queue, deadLetter ? { subQueueType: 'deadLetter' } : {});
  const messages = await receiver.receiveMessages(1000, { maxWaitTimeInMs: 300 });
  await client.close();
  return messages;
}

test('everything acknowledged survives kill -9; locks end and count as a delivery', async () => {
  const first = await startProcess();
  const client = connectClient(first.port);
  const sender = client.createSender('changes');
  await sender.sendMessages(
    ['done', 'dead', 'abandoned', 'locked', 'untouched'].map((body) => ({ body, messageId: body })),
  );
  await sender.scheduleMessages({ body: 'far' }, new Date(Date.now() + 3_600_000));
  const receiver = client.createReceiver('changes');
  const [done, dead, abandoned] = await receiver.receiveMessages(4, { maxWaitTimeInMs: 1000 });
  if (!done || !dead || !abandoned) throw new Error('too few messages');
  await receiver.completeMessage(done);
  await receiver.deadLetterMessage(dead, { deadLetterReason: 'r', deadLetterErrorDescription: 'd' });
  await receiver.abandonMessage(abandoned, { tried: true });
  await client.createReceiver('changes').receiveMessages(1, { maxWaitTimeInMs: 300 });
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  await client.close();

  const { port } = await startProcess();
  const again = connectClient(port);
  await again.createSender('changes').sendMessages({ body: 'repeated', messageId: 'done' });
  const peeked = await again.createReceiver('changes').peekMessages(10);
  await again.close();
  expect(peeked.map(({ body, state }) => [body, state])).toEqual([
    ['abandoned', 'active'],
    ['locked', 'active'],
    ['untouched', 'active'],
    ['far', 'scheduled'],
  ]);
  const active = await receiveAll(port, 'changes');
  expect(active.map(({ body, deliveryCount }) => [body, deliveryCount])).toEqual([
    ['abandoned', 2],
    ['locked', 1],
    ['untouched', 0],
  ]);
  expect(active[0]?.applicationProperties).toEqual({ tried: true });
  expect(await receiveAll(port, 'changes', true)).toMatchObject([{ body: 'dead', deadLetterReason: 'r' }]);
});

test('no acknowledged message is lost when it is killed while many are sent', async () => {
  const first = await startProcess();
  const client = connectClient(first.port);
  const sender = client.createSender('changes');
  const acknowledged = new Set<string>();
  let isKilled = false;
  const sendAll = async (lane: number) => {
    for (let index = 0; !isKilled; index += 1) {
      const id = `${lane}-${index}`;
      await sender.sendMessages({ body: id, messageId: id });
      acknowledged.add(id);
    }
  };
  const lanes = Promise.allSettled([0, 1, 2, 3, 4].map(sendAll));
  await until(() => acknowledged.size > 200);
  first.child.kill('SIGKILL');
  isKilled = true;
  await once(first.child, 'exit');
  const { port } = await startProcess(first.port);
  await lanes;
  await client.close();
  const kept = new Set((await receiveAll(port, 'changes')).map(({ body }) => String(body)));
  expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([]);
});

test.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly on %s', async (signal) => {
  const { child } = await startProcess();
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('stops when the process that started it is gone', async () => {
  const { child } = await startProcess();
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('ends with a plain sentence when the port is taken', async () => {
  const { port } = await startProcess();
  const second = fork(main, ['--port', String(port)], { silent: true, execArgv: [] });
  children.push(second);
  let errors = '';
  second.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = await once(second, 'close');
  expect(code).toBe(1);
  expect(errors.trim().split('\n')).toHaveLength(1);
  expect(errors).toContain(`127.0.0.1:${port}: the port is in use`);
});
