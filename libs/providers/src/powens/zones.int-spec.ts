import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** Everything that reads, keeps or counts days, times and amounts. */
const SPECS = [
  'libs/kernel/src/bank-day',
  'libs/kernel/src/decimal',
  'libs/kernel/src/money',
  'libs/domain/src/ledger/',
  'libs/providers/src/powens/dst-nights',
  'libs/providers/src/powens/fetch-transactions',
  'libs/providers/src/powens/parse-time',
  'libs/providers/src/powens/transactions-cursor',
  'libs/providers/src/powens/translate-',
  'apps/sync/src/ledger-changes',
  'apps/sync/src/run-sync/sync-cursor',
];

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** What failed, by name; a file that could not even be loaded counts as well. */
const failuresOf = ({ testResults }: Report): readonly string[] =>
  testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((each) => each.status === 'failed');
    if (failed.length > 0) return failed.map(({ fullName }) => fullName);
    return status === 'failed' ? [`${name}: ${message}`] : [];
  });

describe('dates and amounts', () => {
  it.each(['America/New_York', 'Pacific/Kiritimati'])(
    'do not depend on the zone of the machine: %s',
    async (zone) => {
      const vitest = [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--project',
        'unit',
        '--reporter=json',
        ...SPECS,
      ];
      const env = { ...process.env, TZ: zone };
      const { stdout } = await run(process.execPath, vitest, { env, maxBuffer: 64 * 1024 * 1024 }).catch(
        (failed: { readonly stdout: string }) => failed,
      );
      const report = JSON.parse(stdout.slice(stdout.indexOf('{"num'))) as Report;
      expect(failuresOf(report)).toEqual([]);
      expect(report.numPassedTests).toBeGreaterThan(150);
    },
    300_000,
  );
});
