import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchStack } from './bench-stack.js';
import { measureEventLatency } from './event-latency.js';
import { asTable, type Figure } from './figures.js';
import { measureEmptySync, measureFirstImport } from './first-import.js';
import { describeMachine } from './machine.js';
import { usageOfStack } from './processes.js';
import { askSandbox } from './sandbox.js';
import { measureStart } from './start-time.js';
import { memoryFigure } from './usage-figures.js';
import { measureWebhooks } from './webhook-answers.js';

// npm run bench [-- --rows 20000 --only start|import|latency|webhooks --profile <folder>]: a table of what was measured on a
// stack of its own.
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '20000' },
    only: { type: 'string', multiple: true },
    profile: { type: 'string' },
  },
});

const progress = (text: string): void => void process.stderr.write(`${text} …\n`);

const isWanted = (part: string): boolean => values.only === undefined || values.only.includes(part);

/** With `--profile` every start of the stack leaves a CPU profile in that folder. */
const nodeOptions =
  values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(values.profile)}`];

/** Figures as soon as they are known, for whoever watches; the table at the end has all of them. */
const measure = async (stack: BenchStack): Promise<readonly Figure[]> => {
  const all: Figure[] = [];
  const take = (...figures: readonly Figure[]): void => {
    all.push(...figures);
    process.stderr.write(`${asTable(figures)}\n`);
  };
  if (isWanted('start')) {
    progress('Starting on existing data');
    take(...(await measureStart(stack)));
  }
  // Only our own webhooks: the bank's would start runs of their own.
  await askSandbox(stack, 'PATCH', '/settings', { webhooksPaused: true, syncDelayMs: 0 });
  if (isWanted('import') || isWanted('latency')) {
    progress(`Importing ${values.rows} transactions`);
    const { figures, account } = await measureFirstImport(stack, Number(values.rows));
    take(...figures);
    if (isWanted('import')) take(await measureEmptySync(stack, account, 'at once'));
    await askSandbox(stack, 'POST', `/connections/${account.providerConnectionId}/age`, { hours: 24 });
    if (isWanted('import')) take(await measureEmptySync(stack, account, 'a day later'));
    if (isWanted('latency')) {
      progress('From webhook to event');
      take(await measureEventLatency(stack, account));
    }
  }
  if (isWanted('webhooks')) {
    progress('Answering webhooks');
    for await (const figures of measureWebhooks(stack)) take(...figures);
  }
  take(memoryFigure('after all that', usageOfStack(stack)));
  return all;
};

const machine = describeMachine();
progress('Starting on an empty data folder');
const stack = await BenchStack.prepare(
  { PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin' },
  nodeOptions,
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stack.dispose().finally(() => process.exit(130)));
}
try {
  await stack.start();
  const figures = await measure(stack);
  process.stdout.write(`${asTable([...machine, ...figures])}\n`);
} finally {
  await stack.dispose();
}
