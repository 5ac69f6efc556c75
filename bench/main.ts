import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureBackfill } from './backfill.js';
import { BenchStack } from './bench-stack.js';
import { measureEventLatency, WITH_INTERVAL, WITHOUT_INTERVAL } from './event-latency.js';
import { asTable, type Figure } from './figures.js';
import { measureEmptySync, measureFirstImport } from './first-import.js';
import { linkSources } from './linked-sources.js';
import { measureLoadAlone } from './load-alone.js';
import { describeMachine } from './machine.js';
import { usageOfStack } from './processes.js';
import { askSandbox, silenceBank } from './sandbox.js';
import { measureStart } from './start-time.js';
import { memoryFigure } from './usage-figures.js';
import { AT_500, BURST, FLAT_OUT, measureLoad, type WebhookLoad } from './webhook-answers.js';
import { measureWebhooksAfter } from './webhook-history.js';
import { measureLargeBodies } from './webhook-memory.js';

// npm run bench [-- --rows 20000 --only start|import|latency|backfill|webhooks|large-bodies --at-most-seconds 60 --profile <folder>]: a table of what was
// measured on a stack of its own; of the webhooks only one load: --load 500 | 2000 | flat-out. Only when asked for: --only webhooks-history [--history-transactions 1000000
// --history-deliveries 1000000].
const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    accounts: { type: 'string', default: '20' },
    only: { type: 'string', multiple: true },
    profile: { type: 'string' },
    load: { type: 'string', multiple: true },
    links: { type: 'string', default: '100' },
    'at-most-seconds': { type: 'string', default: '60' },
    'history-transactions': { type: 'string', default: '1000000' },
    'history-deliveries': { type: 'string', default: '1000000' },
  },
});

const progress = (text: string): void => void process.stderr.write(`${text} …\n`);

const isWanted = (part: string): boolean => values.only === undefined || values.only.includes(part);

const LOADS = { '500': AT_500, '2000': BURST, 'flat-out': FLAT_OUT };

const wantedLoads = (): readonly WebhookLoad[] =>
  Object.entries(LOADS).flatMap(([name, load]) => (values.load?.includes(name) === false ? [] : load));

/** With `--profile` every start of the stack leaves a CPU profile in that folder. */
const nodeOptions =
  values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(values.profile)}`];

/** Figures as soon as they are known, for whoever watches; the table at the end has all of them. */
const measure = async (stack: BenchStack): Promise<readonly Figure[]> => {
  const all: Figure[] = [];
  const atMostMs = Number(values['at-most-seconds']) * 1_000;
  const take = (...figures: readonly Figure[]): void => {
    all.push(...figures);
    process.stderr.write(`${asTable(figures)}\n`);
  };
  if (isWanted('start')) {
    progress('Starting on existing data');
    take(...(await measureStart(stack)));
  }
  await silenceBank(stack);
  if (isWanted('import') || isWanted('latency')) {
    const rows = Number(values.rows ?? 20_000);
    progress(`Importing ${rows} transactions`);
    const { figures, account } = await measureFirstImport(stack, rows);
    take(...figures);
    if (isWanted('import')) take(await measureEmptySync(stack, account, 'at once'));
    await askSandbox(stack, 'POST', `/connections/${account.providerConnectionId}/age`, { hours: 24 });
    if (isWanted('import')) take(await measureEmptySync(stack, account, 'a day later'));
    if (isWanted('latency')) {
      progress('From webhook to event');
      await stack.restart(WITHOUT_INTERVAL);
      await silenceBank(stack);
      take(await measureEventLatency(stack, account));
      await stack.restart(WITH_INTERVAL);
      await silenceBank(stack);
    }
  }
  if (isWanted('backfill')) {
    const [rows, accounts] = [Number(values.rows ?? 100_000), Number(values.accounts)];
    progress(`Importing ${rows} transactions of ${accounts} accounts`);
    take(...(await measureBackfill(stack, rows, accounts)));
  }
  if (isWanted('webhooks')) {
    take(await measureLoadAlone());
  }
  if (isWanted('webhooks') || isWanted('large-bodies')) {
    progress(`Linking ${values.links} connections`);
    const sources = await linkSources(stack, Number(values.links));
    for (const load of isWanted('webhooks') ? wantedLoads() : []) {
      progress(`Webhooks ${load.what}`);
      const forMs = Math.min(load.forMs, atMostMs);
      take(...(await measureLoad(stack, sources, { ...load, forMs })));
    }
    if (isWanted('large-bodies')) {
      progress('Webhooks of 5 MB');
      take(...(await measureLargeBodies(stack, sources)));
    }
  }
  if (values.only?.includes('webhooks-history') === true) {
    progress('Webhooks after a long history');
    const [transactions, deliveries] = [values['history-transactions'], values['history-deliveries']].map(
      Number,
    );
    const history = { transactions: transactions ?? 0, deliveries: deliveries ?? 0, atMostMs };
    for await (const figures of measureWebhooksAfter(stack, history)) take(...figures);
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
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isInterrupted = true;
    void stack.dispose().finally(() => process.exit(130));
  });
}
try {
  await stack.start();
  const figures = await measure(stack);
  process.stdout.write(`${asTable([...machine, ...figures])}\n`);
} catch (error) {
  // The stack was taken away from under the measurement: that it failed is no news.
  if (!isInterrupted) throw error;
  progress('Interrupted: stopping the stack');
} finally {
  await stack.dispose();
}
