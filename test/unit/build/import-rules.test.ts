import path from 'node:path';
import { expect, test } from '@jest/globals';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

test('an import against the rules is caught, whichever rule it breaks', async () => {
  const options = await extractDepcruiseOptions(path.resolve('.config/dependency-cruiser.js'));
  const result = await cruise(['functions', 'shared'], { ...options, baseDir: path.resolve('test/violation') });
  const { summary } = result.output as { summary: { violations: { rule: { name: string }; from: string }[] } };
  const caught = new Set(summary.violations.map(({ rule, from }) => `${from}: ${rule.name}`));
  for (const violation of [
    'shared/domain/bad.ts: domain-is-pure',
    'shared/sync/bad.ts: use-cases-know-ports-only',
    'shared/sync/bad.ts: ews-only-in-its-adapter',
    'shared/sync/bad.ts: shared-is-not-functions',
    'shared/adapters/crm/bad.ts: azure-sdk-only-in-its-adapter',
    'functions/bad.ts: one-composition-root',
  ]) {
    expect(caught).toContain(violation);
  }
}, 30_000);
