import { afterAll, beforeAll, describe } from '@jest/globals';
import { CrmConnection } from '../../shared/domain/organization.ts';
import { describeCrmFeed } from './crm-feed.contract.ts';
import { describeCrmFields } from './crm-fields.contract.ts';
import { describeRecords } from './crm-records.contract.ts';
import { type CrmSuite, type CrmUnderTest, crmHands } from './crm-under-test.ts';

/** What every CrmGateway must do, signed by each. */
export function describeCrmGateway(name: string, start: () => Promise<CrmUnderTest>): void {
  describe(`${name} as a CrmGateway`, () => {
    let crm: CrmUnderTest;
    let connection: CrmConnection;
    beforeAll(async () => {
      crm = await start();
      connection = CrmConnection.parse({
        id: 'main',
        organizationId: 'contoso',
        name: 'CRM',
        baseUrl: crm.baseUrl,
        tokenSecretName: 'crm-token',
        webhookSecretNames: ['crm-webhook'],
      });
    });
    afterAll(() => crm.close());

    const hands = crmHands(() => ({ crm, connection, name }));
    const suite: CrmSuite = { hands, crm: () => crm, connection: () => connection };
    describeRecords('activity', suite);
    describeRecords('contact', suite);
    describeCrmFeed(suite);
    describeCrmFields(suite);
  });
}
