import type { ChangeMessage } from '../domain/change-message.ts';
import type { CrmEvent } from '../domain/crm-event.ts';
import { toChanges } from '../domain/crm-event.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { CrmConnection, SecretName } from '../domain/organization.ts';
import type { Clock } from '../ports/clock.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { Log } from '../ports/log.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { Secret, SecretStore } from '../ports/secret-store.ts';
import type { WebhookReceiptStore } from '../ports/webhook-receipt-store.ts';
import type { VerifyWebhook, WebhookDelivery } from '../ports/webhook-verifier.ts';
import { findActiveOrganization } from './resolve-scope.ts';

export interface ReceiveDeps {
  readonly directory: DirectoryStore;
  readonly secrets: SecretStore;
  readonly receipts: WebhookReceiptStore;
  readonly changes: MessageQueue<ChangeMessage>;
  readonly verify: VerifyWebhook;
  readonly clock: Clock;
  readonly log: Log;
  /** Parses the raw body; throws what the edge answers as a malformed request. */
  readonly parse: (body: Uint8Array) => readonly CrmEvent[];
}

export type Received =
  | { readonly outcome: 'queued'; readonly count: number }
  | { readonly outcome: 'repeated' }
  | { readonly outcome: 'unauthorized' };

const toleranceSeconds = 300;
const refusalMs = 500;
/** Stands in where an organization has no secret, so that a stranger's delivery costs as much time as a customer's. */
const nobody: Secret = { reveal: () => 'whsec_bm9ib2R5LW5vYm9keS1ub2JvZHktbm9ib2R5LW5vYm9keQ==', version: 'none' };

/**
 * Takes a CRM's signed events: proven, parsed, queued, and only then remembered. Dying before the last step is a repeat
 * by the sender, whose messages have the ids of the first.
 */
export async function receiveCrmEvents(
  deps: ReceiveDeps,
  organizationId: OrganizationId | undefined,
  delivery: WebhookDelivery,
): Promise<Received> {
  const { receipts, changes, clock, log } = deps;
  const begun = clock.now().getTime();
  const active = organizationId && (await findActiveOrganization(deps.directory, organizationId));
  const genuine = await isGenuine(deps, active?.connection, delivery);
  if (organizationId === undefined || active === undefined || !genuine) {
    log.warn({ organizationId: active?.organization.id }, 'webhook refused: its signature or time is wrong');
    await untilFloor(clock, begun);
    return { outcome: 'unauthorized' };
  }
  if (await receipts.has(organizationId, delivery.id)) return { outcome: 'repeated' };
  const now = clock.now();
  const messages = toChanges(deps.parse(delivery.body), organizationId, now.toISOString());
  await changes.send(messages.map((body) => ({ body })));
  await receipts.remember(organizationId, delivery.id, now);
  log.info({ organizationId, count: messages.length }, 'webhook queued');
  return { outcome: 'queued', count: messages.length };
}

/** Every refusal takes the same time: whether an organization was found in memory, in its table or not at all does not show. */
async function untilFloor(clock: Clock, begun: number): Promise<void> {
  const left = refusalMs - (clock.now().getTime() - begun);
  if (left > 0) await new Promise<void>((resolve) => clock.after(left, resolve));
}

/** Two checks whatever there is to check: neither an unknown organization nor the second secret shows in the time taken. */
async function isGenuine(
  deps: ReceiveDeps,
  connection: CrmConnection | undefined,
  delivery: WebhookDelivery,
): Promise<boolean> {
  const names = connection?.webhookSecretNames ?? [];
  const known = await Promise.all(names.map((name) => readOrNobody(deps, name)));
  const results = [known[0] ?? nobody, known[1] ?? nobody].map((secret) => verifies(deps, secret, delivery));
  const age = Math.abs(deps.clock.now().getTime() / 1_000 - Number(delivery.timestamp));
  return results.includes(true) && age <= toleranceSeconds && delivery.id !== '';
}

/** A secret that cannot be read proves nothing; the log says so, the answer does not. */
async function readOrNobody({ secrets, log }: ReceiveDeps, name: SecretName): Promise<Secret> {
  try {
    return await secrets.read(name);
  } catch (error) {
    log.error({ secretName: name }, 'a webhook secret cannot be read: deliveries signed with it are refused', error);
    return nobody;
  }
}

function verifies({ verify, log }: ReceiveDeps, secret: Secret, delivery: WebhookDelivery): boolean {
  try {
    return verify(secret, delivery) && secret !== nobody;
  } catch {
    log.error({}, 'a webhook secret is not of the form whsec_BASE64: deliveries signed with it are refused');
    return false;
  }
}
