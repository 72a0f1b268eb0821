import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { banner } from './banner.ts';
import { connectionsOf } from './connections.ts';
import { type Options, type PartName, partNames, readOptions, usage } from './options.ts';
import { type Part, startPart } from './part.ts';
import { crmUsersWith, furtherPeople, mailboxesWith } from './people.ts';
import { demo, seedDirectory, seedSecrets } from './seed.ts';
import { isFree, waitForPort } from './wait-for-port.ts';

const root = path.join(import.meta.dirname, '..');

/** Starts the local environment, or one part of it, and ends it on Ctrl-C. */
async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    console.log(usage);
    return;
  }
  const options = readOptions(process.argv.slice(2), process.env, root);
  const wanted = partsOf(options);
  await refuseTakenPorts(options, wanted);
  const running = new Map<PartName, Part>();
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      for (const part of [...running.values()].reverse()) await part.stop();
    })();
    return stopping;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      console.log('\nStopping …');
      void stop().then(() => process.exit(0));
    });
  }
  const start = async (name: PartName) => {
    const part = startPart({ name, ...commandOf(name, options), say, restart: name === 'functions' });
    running.set(name, part);
    await part.ready;
  };
  try {
    const connections = connectionsOf(options.ports);
    await Promise.all(wanted.filter((name) => name !== 'functions').map(start));
    if (wanted.includes('functions')) {
      await waitForPort(options.ports.tables);
      seedSecrets(secretsFile(options), options);
      await seedDirectory(connections, options);
      await start('functions');
    }
  } catch (error) {
    const interrupted = stopping !== undefined;
    await stop();
    if (interrupted) return;
    throw error;
  }
  if (options.json)
    console.log(
      JSON.stringify({
        ready: true,
        ports: options.ports,
        pids: Object.fromEntries([...running].map(([name, part]) => [name, part.pid()])),
      }),
    );
  else console.log(banner(options, wanted));
}

function partsOf({ only, realExchange }: Options): PartName[] {
  if (only !== undefined) return [only];
  return partNames.filter((name) => name !== 'exchange' || realExchange === undefined);
}

async function refuseTakenPorts({ ports }: Options, wanted: readonly PartName[]): Promise<void> {
  const needed: Record<PartName, [flag: string, port: number][]> = {
    storage: [
      ['--blob-port', ports.blobs],
      ['--table-port', ports.tables],
    ],
    'service-bus': [['--service-bus-port', ports.serviceBus]],
    exchange: [['--exchange-port', ports.exchange]],
    crm: [['--crm-port', ports.crm]],
    functions: [['--functions-port', ports.functions]],
  };
  for (const part of wanted) {
    for (const [flag, port] of needed[part]) {
      if (await isFree(port)) continue;
      throw new Error(
        `Port ${port}, which ${part} needs, is taken. End what listens there, or choose another: npm start -- ${flag} ${port + 1000}`,
      );
    }
  }
}

const secretsFile = ({ data }: Options) => path.join(data, 'secrets.json');

function commandOf(name: PartName, options: Options): { file: string; args: string[]; env: Record<string, string> } {
  const { ports, data } = options;
  const file = path.join(root, 'local', name === 'functions' ? 'functions-host' : name, 'main.ts');
  const port = (flag: string, value: number) => [flag, `${value}`];
  const keep = ['--data', path.join(data, name)];
  mkdirSync(path.join(data, name), { recursive: true });
  switch (name) {
    case 'storage':
      return {
        file,
        args: [...port('--blob-port', ports.blobs), ...port('--table-port', ports.tables), ...keep],
        env: {},
      };
    case 'service-bus':
      return { file, args: [...port('--port', ports.serviceBus), ...keep], env: {} };
    case 'exchange': {
      const mailboxes = path.join(data, 'mailboxes.json');
      writeFileSync(mailboxes, JSON.stringify(mailboxesWith(furtherPeople(options.people))));
      return {
        file,
        args: [
          ...port('--port', ports.exchange),
          '--mailboxes',
          mailboxes,
          ...keep,
          '--delay',
          `${options.exchangeDelayMs}`,
        ],
        env: {},
      };
    }
    case 'crm':
      return { file, args: [...port('--port', ports.crm), ...keep, ...crmArguments(options)], env: {} };
    case 'functions':
      return { file, args: ['--app', root, ...port('--port', ports.functions)], env: settingsOf(options) };
    default:
      return name satisfies never;
  }
}

function crmArguments({ ports, data, realExchange, people, knowsSeries }: Options): string[] {
  const common = [
    '--webhook-url',
    `http://127.0.0.1:${ports.functions}/api/organizations/${demo.organization}/crm/events`,
    ...(knowsSeries ? ['--knows-series'] : []),
  ];
  const users = path.join(data, 'crm-users.json');
  if (realExchange === undefined) {
    writeFileSync(users, JSON.stringify(crmUsersWith(furtherPeople(people))));
    return [...common, '--users', users, '--exchange-url', `http://127.0.0.1:${ports.exchange}`];
  }
  const enrolled = realExchange.mailboxes.map(({ address, user, name }) => {
    const id = user ?? address.split('@')[0];
    return { id, name: name ?? id, email: address, active: true };
  });
  writeFileSync(users, JSON.stringify(enrolled));
  return [...common, '--users', users];
}

/** The app settings of the local app. The first stands for all that only this environment allows. */
function settingsOf(options: Options): Record<string, string> {
  const { storage, serviceBus } = connectionsOf(options.ports);
  return {
    LOCAL_ENVIRONMENT: 'true',
    STORAGE_CONNECTION_STRING: storage,
    ServiceBusConnection: serviceBus,
    SECRETS_FILE: secretsFile(options),
    FUNCTIONS_HOST_KEY: demo.functionKey,
    FUNCTIONS_MASTER_KEY: demo.functionKey,
    EXCHANGE_DEADLINE_SECONDS: process.env['EXCHANGE_DEADLINE_SECONDS'] ?? '20',
    INTENT_MARGIN_SECONDS: process.env['INTENT_MARGIN_SECONDS'] ?? '10',
  };
}

function say(name: string, line: string): void {
  console.log(`${name.padEnd(11)} │ ${line}`);
}

main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
