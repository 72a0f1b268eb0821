import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { z } from 'zod';
import { CrmEvent, CrmEventBatch } from '../shared/domain/crm-event.ts';
import { OrganizationId } from '../shared/domain/ids.ts';
import { type ReceiveDeps, receiveCrmEvents } from '../shared/sync/receive-crm-events.ts';
import { Malformed } from './malformed.ts';
import { problem } from './problem.ts';
import { readAtMost } from './read-at-most.ts';
import type { Triggers } from './triggers.ts';

const largestBody = 256 * 1024;

/** POST /api/organizations/{org}/crm/events: what the CRM says has changed. 202 once every message is on the queue. */
export function registerReceiveCrmWebhook(app: Triggers, deps: Omit<ReceiveDeps, 'parse'>): void {
  app.http('receive-crm-webhook', {
    route: 'api/organizations/{org}/crm/events',
    methods: ['POST'],
    // The signature is the proof; a function key would be one more secret that proves less.
    authLevel: 'anonymous',
    handler: (request) => receive({ ...deps, parse: parseEvents }, request),
  });
}

async function receive(deps: ReceiveDeps, request: HttpRequest): Promise<HttpResponseInit> {
  const body = await readAtMost(request, largestBody);
  if (body === undefined)
    return problem(413, 'The request is larger than 256 KB', { detail: 'Send fewer events at a time.' });
  const organization = OrganizationId.safeParse(request.params['org']);
  try {
    const received = await receiveCrmEvents(deps, organization.data, {
      id: (request.headers.get('webhook-id') ?? '').slice(0, 256),
      timestamp: request.headers.get('webhook-timestamp') ?? '',
      signature: request.headers.get('webhook-signature') ?? '',
      body,
    });
    return received.outcome === 'unauthorized'
      ? unauthorized()
      : { status: 202, headers: { 'cache-control': 'no-store' } };
  } catch (error) {
    if (error instanceof Malformed)
      return problem(400, 'The events are malformed; none was taken', { errors: error.errors });
    deps.log.error({ organizationId: organization.data }, 'webhook not queued', error);
    return problem(503, 'The events could not be queued', {
      detail: 'Nothing was taken. Send them again with the same webhook-id.',
    });
  }
}

/** The same for an unknown organization and a wrong signature: nobody learns which organizations exist. */
const unauthorized = () =>
  problem(401, 'The signature is missing or wrong', {
    detail:
      'Sign id.timestamp.body with the secret of this organization (Standard Webhooks); the timestamp may be 300 seconds off.',
  });

function parseEvents(body: Uint8Array): readonly CrmEvent[] {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Malformed([{ path: '', message: 'not JSON in UTF-8' }]);
  }
  const parsed = Array.isArray(json) ? CrmEventBatch.safeParse(json) : z.tuple([CrmEvent]).safeParse([json]);
  if (parsed.success) return parsed.data;
  const path = (keys: readonly PropertyKey[]) => (Array.isArray(json) ? keys : keys.slice(1)).join('.');
  throw new Malformed(
    parsed.error.issues.slice(0, 20).map((issue) => ({ path: path(issue.path), message: issue.message })),
  );
}
