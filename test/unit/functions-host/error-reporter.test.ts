import { expect, test } from '@jest/globals';
import { createErrorReporter } from '../../../local/functions-host/error-reporter.ts';

test('says each kind of trouble once, and again after messages flowed', () => {
  const lines: string[] = [];
  const reporter = createErrorReporter('f', 'changes', ({ message }) => lines.push(message));
  const refused = Object.assign(new Error('no one listens'), { code: 'ECONNREFUSED' });
  reporter.report(refused, 'receiving failed');
  reporter.report(refused, 'receiving failed');
  reporter.report(new TypeError('other'), 'receiving failed');
  expect(lines).toEqual([
    'queue changes: receiving failed: ECONNREFUSED: no one listens',
    'queue changes: receiving failed: TypeError: other',
  ]);
  reporter.recovered();
  reporter.report(refused, 'receiving failed');
  expect(lines).toHaveLength(3);
});
