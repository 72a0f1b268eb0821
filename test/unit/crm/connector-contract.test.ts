import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { connectorContract } from '../../../scripts/connector-contract.ts';

const file = path.join(import.meta.dirname, '..', '..', '..', 'docs', 'crm-connector.openapi.yaml');

describe('the connector contract', () => {
  test('in docs/ is as the schemas say (else run npm run contract)', () => {
    expect(readFileSync(file, 'utf8')).toBe(connectorContract());
  });

  test('asks of an activity only what reading it requires, and lets a CRM say more', () => {
    const { Activity } = parse(connectorContract()).components.schemas;
    expect(Activity.required).toEqual(['id', 'version', 'type', 'ownerId', 'subject', 'start', 'end', 'modifiedAt']);
    expect(Activity.additionalProperties).toBeUndefined();
  });

  test('describes every path, and the events as a webhook in both forms', () => {
    const document = parse(connectorContract());
    expect(Object.keys(document.paths)).toEqual([
      '/activities/read',
      '/activities',
      '/activities/{id}',
      '/contacts/read',
      '/contacts',
      '/contacts/{id}',
      '/changes',
      '/users',
      '/health',
      '/emails/{id}',
      '/emails/{id}/result',
      '/notifications',
    ]);
    expect(Object.keys(document.webhooks.recordChanged.post.requestBody.content)).toEqual([
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
    ]);
  });
});
