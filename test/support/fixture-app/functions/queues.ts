import { setTimeout as sleep } from 'node:timers/promises';
import { app } from '@azure/functions';
import { journal } from './journal.ts';

if (process.env['ServiceBusConnection']) {
  app.serviceBusQueue('work', {
    connection: 'ServiceBusConnection',
    queueName: '%WORK_QUEUE%',
    handler: async (message, context) => {
      journal.push({ message, metadata: context.triggerMetadata });
      const { fail, milliseconds } = message as { fail?: boolean; milliseconds?: number };
      if (milliseconds !== undefined) await sleep(milliseconds);
      if (fail) throw new Error('told to fail');
    },
  });

  app.serviceBusQueue('dead', {
    connection: 'ServiceBusConnection',
    queueName: '%WORK_QUEUE%/$deadletterqueue',
    handler: (message, context) => {
      journal.push({ dead: message, metadata: context.triggerMetadata });
    },
  });

  app.serviceBusQueue('batch', {
    connection: 'ServiceBusConnection',
    queueName: 'batches',
    cardinality: 'many',
    handler: (messages, context) => {
      journal.push({ batch: messages, ids: context.triggerMetadata?.['messageIdArray'] });
    },
  });
}
