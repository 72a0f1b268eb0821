import { parseArgs } from 'node:util';
import { readQueueDefinitions } from './queue-definition.ts';
import { startServiceBus } from './start-service-bus.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5672' },
    host: { type: 'string', default: '127.0.0.1' },
    data: { type: 'string' },
  },
});

try {
  const serviceBus = await startServiceBus({
    port: Number(values.port),
    host: values.host,
    queues: readQueueDefinitions(),
    ...(values.data === undefined ? {} : { dataDirectory: values.data }),
  });
  const stop = () => void serviceBus.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Whoever started this over IPC is gone: nobody is left to use it.
  process.once('disconnect', stop);
  process.stdout.write(`service-bus ready on ${values.host}:${serviceBus.port}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
