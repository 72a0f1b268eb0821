import { app } from '@azure/functions';
import { journal } from './journal.ts';

if (process.env['ServiceBusConnection']) {
  app.serviceBusQueue('work', {
    connection: 'ServiceBusConnection',
    queueName: '%WORK_QUEUE%',
    handler: (message, context) => {
      journal.push({ message, metadata: context.triggerMetadata });
      const instruction = (message as { fail?: boolean } | null)?.fail;
      if (instruction) throw new Error('told to fail');
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
