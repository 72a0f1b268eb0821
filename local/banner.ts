import type { Options, PartName } from './options.ts';
import { demo } from './seed.ts';

/** What runs where, and what to try first. */
export function banner({ ports, realExchange, only }: Options, wanted: readonly PartName[]): string {
  const places: Record<PartName, string> = {
    functions: `http://127.0.0.1:${ports.functions}   the sync itself: /api/health/ready, /api/admin (key ${demo.functionKey})`,
    crm: `http://127.0.0.1:${ports.crm}   demo CRM: open it in a browser`,
    exchange: `http://127.0.0.1:${ports.exchange}   Exchange simulator: /EWS/Exchange.asmx`,
    'service-bus': `sb://127.0.0.1:${ports.serviceBus}     Service Bus broker`,
    storage: `http://127.0.0.1:${ports.tables}  tables (blobs on ${ports.blobs})`,
  };
  const rows = (['crm', 'functions', 'exchange', 'service-bus', 'storage'] as const).filter((name) =>
    wanted.includes(name),
  );
  const lines = ['', ...rows.map((name) => `  ${name.padEnd(12)} ${places[name]}`), ''];
  if (only !== undefined) return [...lines, '  Ctrl-C ends it.', ''].join('\n');
  const mailboxes = realExchange === undefined ? demo.enrolled : realExchange.mailboxes;
  const simulated = realExchange === undefined;
  const steps = [
    `Open http://127.0.0.1:${ports.crm} and make an activity: it is in the mailbox's calendar within a second, one of a whole day among its tasks.`,
    `Change it in ${simulated ? 'the calendar on the right' : 'Outlook'}: the activity follows within a minute.`,
    ...(simulated
      ? ['Press "Break Exchange", change things, press "Heal Exchange": nothing is lost, nothing doubled.']
      : []),
    `curl -H 'x-functions-key: ${demo.functionKey}' http://127.0.0.1:${ports.functions}/api/admin/organizations/${demo.organization}/mailboxes`,
  ];
  return [
    ...lines,
    `  In sync: ${mailboxes.map(({ address }) => address).join(', ')}${simulated ? '' : ` on ${realExchange?.url}`}`,
    '',
    '  Try this:',
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    '',
    '  Ctrl-C ends everything; what you made is there again at the next start.',
    '',
  ].join('\n');
}
