import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

export const partNames = ['storage', 'service-bus', 'exchange', 'crm', 'functions'] as const;
export type PartName = (typeof partNames)[number];

const portFlags = {
  functions: ['functions-port', 7071],
  crm: ['crm-port', 7072],
  exchange: ['exchange-port', 7073],
  serviceBus: ['service-bus-port', 5672],
  blobs: ['blob-port', 10_000],
  tables: ['table-port', 10_002],
} as const;
export type Ports = Record<keyof typeof portFlags, number>;

/** A mailbox to enrol, and the CRM user whose it is. */
export const Enrolment = z.object({
  address: z.email(),
  user: z.string().min(1).optional(),
  name: z.string().optional(),
});
export type Enrolment = z.infer<typeof Enrolment>;

/** How a real Exchange is signed in to. */
export type RealExchange = {
  readonly url: string;
  readonly mailboxes: readonly Enrolment[];
} & ({ readonly user: string; readonly password: string } | { readonly token: string });

export interface Options {
  readonly only: PartName | undefined;
  readonly ports: Ports;
  readonly data: string;
  readonly realExchange: RealExchange | undefined;
  /** How long the simulator takes for an answer, milliseconds. */
  readonly exchangeDelayMs: number;
  /** How many people there are beside the demo's, each with a mailbox that is enrolled. */
  readonly people: number;
  /** The demo CRM keeps a series as one record; else it has an activity for each occurrence. */
  readonly knowsSeries: boolean;
  readonly json: boolean;
}

export const usage = `npm start -- [options]

  --only PART            run one part alone: ${partNames.join(', ')}
  --port N               its port, with --only
  --exchange URL         sync a real Exchange (its /EWS/Exchange.asmx) in place of the simulator; needs EXCHANGE_USER and
                         EXCHANGE_PASSWORD, or EXCHANGE_TOKEN, in the environment or in local.settings.json
  --mailboxes FILE       with --exchange: JSON list of the mailboxes to enrol, [{ "address": "ada@example.com" }]
  --data DIR             where everything is kept (.local; with --exchange a folder of its own in it)
  --exchange-delay MS    let the simulator take that long for an answer
  --people N             N more people, user001@contoso.example …: CRM users whose mailboxes are enrolled (for load)
  --knows-series         the demo CRM keeps a series as one activity, not as one for each occurrence
  --json                 print the addresses as one line of JSON when all is ready
  ${Object.values(portFlags)
    .map(([flag, port]) => `${`--${flag} N`.padEnd(23)}(${port}, or ${variableOf(flag)})`)
    .join('\n  ')}`;

function variableOf(flag: string): string {
  return flag.toUpperCase().replaceAll('-', '_');
}

/** Reads flags and variables; throws a sentence that says which is wrong. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv, root: string): Options {
  const text = { type: 'string' } as const;
  const flags = Object.fromEntries(Object.values(portFlags).map(([flag]) => [flag, text]));
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...flags,
      only: text,
      port: text,
      exchange: text,
      mailboxes: text,
      data: text,
      'exchange-delay': text,
      people: text,
      'knows-series': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const given = values as Record<string, string | boolean | undefined>;
  const value = (name: string): string | undefined => {
    const one = given[name];
    return typeof one === 'string' ? one : undefined;
  };
  const only = value('only');
  if (only !== undefined && !partNames.includes(only as PartName)) {
    throw new Error(`--only knows ${partNames.join(', ')}; "${only}" is none of them`);
  }
  const ports = Object.fromEntries(
    Object.entries(portFlags).map(([part, [flag, standard]]) => {
      const own = only !== undefined && part === mainPortOf(only as PartName) ? value('port') : undefined;
      return [part, portOf(flag, own ?? value(flag) ?? env[variableOf(flag)] ?? `${standard}`)];
    }),
  ) as Ports;
  const settings = { ...localSettings(root), ...env };
  return {
    only: only as PartName | undefined,
    ports,
    data: path.resolve(root, value('data') ?? dataOf(value('exchange'))),
    realExchange: realExchangeOf(value('exchange'), value('mailboxes'), settings),
    exchangeDelayMs: Number(value('exchange-delay') ?? 0),
    people: peopleOf(value('people'), value('exchange')),
    knowsSeries: given['knows-series'] === true,
    json: given['json'] === true,
  };
}

function mainPortOf(part: PartName): keyof Ports {
  return part === 'service-bus' ? 'serviceBus' : part === 'storage' ? 'blobs' : part;
}

/** Each Exchange has its own memory: what was synced with the simulator says nothing of a real mailbox. */
function dataOf(exchange: string | undefined): string {
  return exchange !== undefined && URL.canParse(exchange) ? `.local/${new URL(exchange).hostname}` : '.local';
}

function portOf(flag: string, given: string): number {
  const port = Number(given);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`--${flag}: "${given}" is not a port`);
  return port;
}

function peopleOf(given: string | undefined, exchange: string | undefined): number {
  const people = Number(given ?? 0);
  if (!Number.isInteger(people) || people < 0 || people > 999) throw new Error(`--people: "${given}" is not 0 to 999`);
  if (people > 0 && exchange !== undefined)
    throw new Error('--people makes mailboxes in the simulator: not with --exchange');
  return people;
}

function localSettings(root: string): Record<string, string> {
  try {
    const { Values } = JSON.parse(readFileSync(path.join(root, 'local.settings.json'), 'utf8')) as {
      Values?: Record<string, string>;
    };
    return Values ?? {};
  } catch {
    return {};
  }
}

function realExchangeOf(
  url: string | undefined,
  mailboxes: string | undefined,
  settings: Record<string, string | undefined>,
): RealExchange | undefined {
  if (url === undefined) return undefined;
  if (!URL.canParse(url))
    throw new Error(`--exchange: "${url}" is not a URL, for example https://mail.example.com/EWS/Exchange.asmx`);
  if (mailboxes === undefined)
    throw new Error(
      '--exchange needs --mailboxes FILE: a JSON list of the mailboxes to enrol, [{ "address": "ada@example.com" }]',
    );
  const enrolments = z
    .array(Enrolment)
    .min(1)
    .parse(JSON.parse(readFileSync(mailboxes, 'utf8')));
  const token = settings['EXCHANGE_TOKEN'];
  if (token) return { url, mailboxes: enrolments, token };
  const user = settings['EXCHANGE_USER'];
  const password = settings['EXCHANGE_PASSWORD'];
  if (!user || !password) {
    throw new Error(
      '--exchange needs EXCHANGE_USER and EXCHANGE_PASSWORD, or EXCHANGE_TOKEN, in the environment or in local.settings.json',
    );
  }
  return { url, mailboxes: enrolments, user, password };
}
