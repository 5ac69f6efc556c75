import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const folders = ['apps', 'libs', 'test', 'bench', 'examples'].filter((folder) =>
  existsSync(join(root, folder)),
);

/** Slow ones first: two run at a time. `type` is what to type to see or mend it. */
const GATES = [
  {
    name: 'types',
    command: [bin('tsc'), '--noEmit', '-p', 'tsconfig.json'],
    type: 'npx tsc --noEmit',
  },
  {
    name: 'lint',
    command: [bin('oxlint'), '--type-aware', ...folders, 'scripts'],
    type: `npx oxlint --type-aware ${folders.join(' ')} scripts`,
  },
  {
    name: 'unit specs',
    command: [bin('vitest'), 'run', '--project', 'unit', '--passWithNoTests'],
    type: 'npx vitest run --project unit',
  },
  {
    name: 'boundaries',
    command: [bin('depcruise'), ...folders, '--config', '.dependency-cruiser.cjs'],
    type: `npx depcruise ${folders.join(' ')} --config .dependency-cruiser.cjs`,
  },
  { name: 'format', command: [bin('prettier'), '--check', '.'], type: 'npm run format' },
  {
    name: 'house rules',
    command: [process.execPath, join(root, 'scripts', 'house-rules.mjs')],
    type: 'node scripts/house-rules.mjs',
  },
];

const outcomeOf = async ([program, ...args]) =>
  new Promise((resolve) => {
    const output = [];
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.once('error', (error) => resolve({ status: 1, output: error.message }));
    child.once('close', (status) => resolve({ status, output: Buffer.concat(output).toString('utf8') }));
  });

const failed = [];

const runGate = async (gate) => {
  const from = performance.now();
  const { status, output } = await outcomeOf(gate.command);
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  if (status !== 0) {
    failed.push(gate);
    console.log(output.trimEnd());
  }
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'}  ${gate.name} (${seconds} s)`);
};

const queue = [...GATES];
const worker = async () => {
  for (let gate = queue.shift(); gate; gate = queue.shift()) await runGate(gate);
};
await Promise.all([worker(), worker()]);

for (const { name, type } of failed) console.log(`${name}: type  ${type}`);
console.log(
  failed.length === 0 ? 'All checks passed.' : `${failed.length} of ${GATES.length} checks failed.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
