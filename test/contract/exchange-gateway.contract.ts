import { afterEach, beforeEach, describe } from '@jest/globals';
import { describeAppointments } from './exchange-appointments.contract.ts';
import { describeBodies } from './exchange-bodies.contract.ts';
import { describeContacts } from './exchange-contacts.contract.ts';
import { describeFeeds } from './exchange-feeds.contract.ts';
import { describeItems } from './exchange-items.contract.ts';
import { describeMeetings } from './exchange-meetings.contract.ts';
import { describeOccurrences } from './exchange-occurrences.contract.ts';
import { describePrivacy } from './exchange-privacy.contract.ts';
import { describeSeries } from './exchange-series.contract.ts';
import { describeTasks } from './exchange-tasks.contract.ts';
import type { ExchangeUnderTest } from './exchange-under-test.ts';

/** What every Exchange must do for the engine, whatever technology it is reached by. */
export function describeExchangeGateway(name: string, create: () => Promise<ExchangeUnderTest>): void {
  describe(`the Exchange gateway of ${name}`, () => {
    let current: ExchangeUnderTest;
    beforeEach(async () => {
      current = await create();
    });
    afterEach(() => current.close());
    const under = () => current;

    for (const kind of ['appointment', 'task', 'contact'] as const) {
      describeItems(kind, under);
      describeFeeds(kind, under);
    }
    describeAppointments(under);
    describeTasks(under);
    describeContacts(under);
    describeBodies(under);
    describeMeetings(under);
    describeSeries(under);
    describeOccurrences(under);
    describePrivacy(under);
  });
}
