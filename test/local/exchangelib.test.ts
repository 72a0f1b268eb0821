import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { startExchange } from '../../local/exchange/start-exchange.ts';

const script = path.join(import.meta.dirname, '../support/exchangelib-round-trip.py');

/** Debian's package installs for the system's own Python. */
async function runPython(url: string): Promise<Record<string, unknown>> {
  const python = process.env['EXCHANGELIB_PYTHON'] ?? '/usr/bin/python3';
  try {
    const { stdout } = await promisify(execFile)(python, [script, url, 'rep1@contoso.example'], { timeout: 25_000 });
    return JSON.parse(stdout) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { skipped: `there is no ${python}` };
    throw error;
  }
}

test('exchangelib, a client of other people, lists, makes, edits, moves and deletes events', async () => {
  const exchange = await startExchange({ port: 0, mailboxes });
  try {
    const result = await runPython(exchange.url);
    if ('skipped' in result) {
      process.stderr.write(`SKIPPED: ${String(result['skipped'])} (Debian: apt-get install python3-exchangelib)\n`);
      return;
    }
    expect(result).toMatchObject({
      server: '15.1.2507.39',
      listed: ['Tour & tasting <3', 'Second', 'Whole day'],
      viewed: ['Tour & tasting <3'],
      filtered: ['Tour & tasting <3'],
      starting: ['Second'],
      body: expect.stringContaining('<p>Hello</p>'),
      start: '2026-07-01T07:00:00+00:00',
      organizer: 'rep1@contoso.example',
      attendees: ['rep2@contoso.example'],
      whole_day: '2026-07-02',
      updated: ['Moved', '2026-07-01T10:00:00+00:00'],
      changes_after: ['delete'],
      gone: 'The specified object was not found in the store.',
      total_after: 1,
      resolved: ['rep2@contoso.example'],
    });
  } finally {
    await exchange.close();
  }
});
