import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, tool } from './run.mjs';

// `node scripts/test.mjs [--soak] [what vitest understands]`: every spec, or the long random ones alone. The last line
// is always `N passed, N failed`.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const given = process.argv.slice(2);
const projects = given.includes('--soak') ? ['soak'] : ['unit', 'int', 'e2e'];
const args = given.filter((argument) => argument !== '--soak');

/** A file that could not even be loaded has no tests to count: it counts as one failure. */
const isBroken = (file) =>
  file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed');

const tally = (reportFile) => {
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const count = (...states) => tests.filter(({ status }) => states.includes(status)).length;
  return {
    passed: count('passed'),
    failed: count('failed') + report.testResults.filter(isBroken).length,
    skipped: count('skipped', 'pending', 'todo', 'disabled'),
  };
};

const dir = mkdtempSync(join(tmpdir(), 'passerelle-report-'));
const reportFile = join(dir, 'report.json');
let totals;
let status;
try {
  // Not an npm pre-script: a tree that does not even build has an honest last line too.
  const tools = projects.includes('e2e') ? ['--build', '--browser'] : ['--build'];
  const prepared = await run(process.execPath, [join(root, 'scripts', 'prepare.mjs'), ...tools]);
  if (prepared !== 0) throw new Error('nothing could be tested, see above.');
  status = await tool(
    root,
    'vitest',
    [
      'run',
      ...projects.flatMap((name) => ['--project', name]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
      ...args,
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  totals = tally(reportFile);
} catch (error) {
  console.error(`The tests ended without a report: ${error.message}`);
  totals = { passed: 0, failed: 1, skipped: 0 };
} finally {
  rmSync(dir, { recursive: true, force: true });
}
// Something that belongs to no test, such as an unhandled rejection, is a failure as well.
const { passed, skipped } = totals;
const failed = status === 0 ? totals.failed : Math.max(totals.failed, 1);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
