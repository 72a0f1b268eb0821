import { beforeEach, describe, expect, test } from '@jest/globals';
import { memoryWebhookReceiptStore } from '../../../shared/adapters/memory/memory-webhook-receipt-store.ts';
import { verifyStandardWebhook } from '../../../shared/adapters/webhooks/verify-standard-webhook.ts';
import { OrganizationId } from '../../../shared/domain/ids.ts';
import { type ReceiveDeps, receiveCrmEvents } from '../../../shared/sync/receive-crm-events.ts';
import { type EngineStory, engineStory } from '../../support/engine-story.ts';
import { contoso } from '../../support/engine-world.ts';

let story: EngineStory;
let deps: ReceiveDeps;
beforeEach(async () => {
  story = await engineStory();
  story.secrets.set('hook', 'whsec_bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk=');
  const { stores, secrets, changes, clock, worker } = story;
  const receipts = memoryWebhookReceiptStore();
  const { log } = worker.deps;
  const { directory } = stores;
  deps = { directory, secrets, receipts, changes, verify: verifyStandardWebhook, clock, log, parse: () => [] };
});

const slowly =
  <Input extends unknown[], Output>(ms: number, call: (...input: Input) => Promise<Output>) =>
  async (...input: Input): Promise<Output> => {
    await new Promise<void>((resolve) => story.clock.after(ms, resolve));
    return call(...input);
  };

const cases: [string, OrganizationId | undefined, () => void | Promise<void>][] = [
  ['the signature is wrong', contoso, () => {}],
  ['the organization is unknown', OrganizationId.parse('nobody'), () => {}],
  ['the organization has an impossible name', undefined, () => {}],
  ['the CRM is switched off', contoso, () => story.switchCrm(false)],
  ['the secret is missing', contoso, () => story.secrets.set('hook', undefined)],
  ['the secret is malformed', contoso, () => story.secrets.set('hook', 'whsec_@@@')],
  ['the secret is no secret at all', contoso, () => story.secrets.set('hook', 'not base64 ü')],
  [
    'the vault is slow',
    contoso,
    () => {
      deps = { ...deps, secrets: { ...story.secrets, read: slowly(180, story.secrets.read) } };
    },
  ],
  [
    'the table is slow',
    OrganizationId.parse('nobody'),
    () => {
      const { directory } = story.stores;
      deps = { ...deps, directory: { ...directory, findOrganization: slowly(90, directory.findOrganization) } };
    },
  ],
];

describe('a refused webhook is answered alike, and after half a second, when', () => {
  test.each(cases)('%s', async (_, organization, prepare) => {
    await prepare();
    const timestamp = `${Math.floor(story.clock.now().getTime() / 1_000)}`;
    let answer: unknown;
    const delivery = { id: 'event', timestamp, signature: 'v1,AAAA', body: new Uint8Array() };
    void receiveCrmEvents(deps, organization, delivery).then((received) => {
      answer = received;
    });
    await story.clock.advance(499);
    expect(answer).toBeUndefined();
    await story.clock.advance(1);
    await story.clock.advance(0);
    expect(answer).toEqual({ outcome: 'unauthorized' });
    expect(story.changes.sent()).toEqual([]);
  });
});
