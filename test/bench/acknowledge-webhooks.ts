import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { demo } from '../../local/seed.ts';
import type { Activity } from '../../shared/domain/activity.ts';
import type { Clients } from './clients.ts';
import { type Environment, stopChild } from './environment.ts';
import { median, percentile, rounded, summary } from './statistics.ts';

const signer = new Webhook(demo.webhookSecret);
let deliveries = 0;

/** A signed event, as the CRM posts it after each commit. */
function delivery(record: Activity) {
  const now = new Date();
  const id = `bench-${process.pid}-${deliveries++}`;
  const body = JSON.stringify({
    specversion: '1.0',
    id,
    source: 'urn:bench',
    type: 'crm.activity.updated.v1',
    subject: record.id,
    data: { recordId: record.id, version: record.version, ownerId: record.ownerId },
  });
  const headers = {
    'content-type': 'application/cloudevents+json',
    'content-length': Buffer.byteLength(body),
    'webhook-id': id,
    'webhook-timestamp': `${Math.floor(now.getTime() / 1_000)}`,
    'webhook-signature': signer.sign(id, now, body),
  };
  return { body, headers };
}

/** Milliseconds from the first byte of the request to the end of the answer. */
function post(agent: Agent, url: string, record: Activity): Promise<number> {
  const { body, headers } = delivery(record);
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      if (answer.statusCode !== 202) reject(new Error(`the webhook was answered ${answer.statusCode}`));
      answer.resume().once('end', () => resolve(performance.now() - begun));
    });
    sent.once('error', reject).end(body);
  });
}

async function postAll(url: string, records: readonly Activity[], atOnce: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const waiting = [...records];
  const took: number[] = [];
  const worker = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) took.push(await post(agent, url, next));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  agent.destroy();
  return took;
}

async function startBareHandler(): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(fileURLToPath(import.meta.resolve('./bare-handler.ts')), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [port] = (await once(child, 'message')) as [number];
  return { child, url: `http://127.0.0.1:${port}/` };
}

/**
 * How fast signed webhooks are acknowledged, one after another and 16 at once. The records belong to nobody who syncs, so
 * that behind each acknowledgement the queue and the CRM are asked, but not Exchange. Control: a handler that only reads
 * the body.
 */
export async function acknowledgeWebhooks(environment: Environment, { crm }: Clients, rounds: number) {
  const perRound = 200;
  await crm.webhooks(false);
  const made = await crm.make(perRound * 2 * rounds + 50, ['manager']);
  await crm.webhooks(true);
  const records: Activity[] = [];
  for (let first = 0; first < made.ids.length; first += 100)
    records.push(...(await crm.read(made.ids.slice(first, first + 100))));
  const url = `http://127.0.0.1:${environment.ports.functions}/api/organizations/${demo.organization}/crm/events`;
  const bare = await startBareHandler();
  try {
    await postAll(url, records.splice(0, 50), 4);
    const measure = async (atOnce: number) => {
      const own = [];
      const server = [];
      const control = [];
      for (let round = 0; round < rounds; round++) {
        await environment.calm(500, 10_000);
        environment.forget();
        const batch = records.splice(0, perRound);
        own.push(await postAll(url, batch, atOnce));
        await environment.calm(300, 5_000);
        server.push([...environment.webhookMs]);
        control.push(await postAll(bare.url, batch, atOnce));
      }
      const middle = (all: readonly number[][], share: number) =>
        rounded(median(all.map((round) => percentile(round, share))));
      return {
        client: { p50: middle(own, 0.5), p99: middle(own, 0.99) },
        server: { p50: middle(server, 0.5), p99: middle(server, 0.99), count: summary(server.flat()).count },
        bareHandler: { p50: middle(control, 0.5), p99: middle(control, 0.99) },
      };
    };
    return { sequential: await measure(1), at16: await measure(16) };
  } finally {
    await stopChild(bare.child);
  }
}
