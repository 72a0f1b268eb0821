import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { connectorContract } from '../../../scripts/connector-contract.ts';
import { UpdateActivityRequest } from '../../../shared/domain/crm-activity-connector.ts';
import { UpdateContactRequest } from '../../../shared/domain/crm-contact-connector.ts';

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

  test('asks of a contact only what it must have, and of a patch nothing', () => {
    const { Contact, UpdateContactRequest, UpdateActivityRequest } = parse(connectorContract()).components.schemas;
    expect(Contact.required).toEqual(['id', 'version', 'ownerId', 'modifiedAt']);
    expect([UpdateContactRequest.required, UpdateActivityRequest.required]).toEqual([undefined, undefined]);
  });

  test('says of every member that a CRM need not know what happens when it does not', () => {
    const { Activity, CreateActivityRequest, UpdateActivityRequest } = parse(connectorContract()).components.schemas;
    for (const { properties } of [Activity, CreateActivityRequest, UpdateActivityRequest])
      for (const name of ['attendees', 'reminderMinutes', 'showAs', 'categories', 'sensitivity', 'series'])
        expect(JSON.stringify(properties[name])).toContain('leaves it out of its answers and ignores it in ours');
  });

  test('sets nothing by a patch that the patch does not name', () => {
    expect(UpdateActivityRequest.parse({})).toEqual({});
    expect(UpdateContactRequest.parse({})).toEqual({});
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
