import type { SyncView } from '#client';
import { type ArrivedEvents, subscribeTimed } from './arrived-events.js';
import type { BenchStack } from './bench-stack.js';
import { count, type Figure, milliseconds, perSecond, quantile, seconds } from './figures.js';
import { newTenant, openAccount, openAndLink, quietHistory } from './linking.js';
import { usageOfStack } from './processes.js';
import { askSandbox } from './sandbox.js';
import { webhookSource } from './signed-webhook.js';
import { until } from './until.js';
import { cpuFigure } from './usage-figures.js';

/** A linked account whose whole history was imported. */
export interface Imported {
  readonly connectionId: string;
  readonly tenantId: string;
  readonly iban: string;
  readonly providerConnectionId: number;
}

/** More than ten years: all that the bank has. */
const DAYS_BACK = 3_650;
const WITHIN_MS = 90_000;

const runTime = ({ startedAt, endedAt }: SyncView): number =>
  Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '');

const allTold = async (events: ArrivedEvents, rows: number): Promise<true> =>
  until('all events', () => events.imported() >= rows || undefined, { withinMs: WITHIN_MS });

/** One account of `rows` transactions, from the person's click to the last event at a durable subscriber. */
export const measureFirstImport = async (
  stack: BenchStack,
  rows: number,
): Promise<{ readonly figures: readonly Figure[]; readonly account: Imported }> => {
  const [iban, tenantId] = [await openAccount(stack, rows), newTenant()];
  const events = await subscribeTimed(stack, tenantId);
  const before = usageOfStack(stack);
  const clicked = Date.now();
  const connectionId = await openAndLink(stack, iban, { tenantId, syncDaysBack: DAYS_BACK });
  await allTold(events, rows);
  const runs = await quietHistory(stack, connectionId, { withinMs: WITHIN_MS });
  const after = usageOfStack(stack);
  await events.stop();
  const run = runs.find(({ transactionsImported }) => transactionsImported === rows);
  if (!run) throw new Error(`No run imported all ${rows}: ${JSON.stringify(runs)}`);
  const published = events.lastAt - Date.parse(run.startedAt ?? '');
  const figures = [
    {
      what: 'first import: sync run',
      value: perSecond(rows, runTime(run)),
      of: `${count(rows)} transactions in ${seconds(runTime(run))}, startedAt to endedAt`,
    },
    {
      what: 'first import: all published',
      value: perSecond(rows, published),
      of: `${seconds(published)} from startedAt to the last event at a durable subscriber, ${events.messages} messages`,
    },
    {
      what: 'first import: open, link, import',
      value: seconds(events.lastAt - clicked),
      of: 'from the first call to the last event',
    },
    cpuFigure('first import', before, after),
  ];
  const { providerConnectionId } = await webhookSource(stack, iban);
  return { figures, account: { connectionId, tenantId, iban, providerConnectionId } };
};

const RUNS = 5;

interface Asked {
  readonly count: number;
  readonly requests: readonly { readonly durationMs: number }[];
}

/** A sync after that history that finds nothing; `when` says how long after. */
export const measureEmptySync = async (
  stack: BenchStack,
  { connectionId }: Imported,
  when: string,
): Promise<Figure> => {
  const runs: { readonly tookMs: number; readonly bankMs: number; readonly calls: number }[] = [];
  while (runs.length < RUNS) {
    await askSandbox(stack, 'DELETE', '/requests');
    const run = await stack.api.requestSync(connectionId, { waitSeconds: 60 });
    if (!('trigger' in run)) throw new Error(`The run ${run.id} has not ended within a minute.`);
    if (run.transactionsImported > 0) throw new Error('The bank was expected to have nothing new.');
    const { count: calls, requests } = await askSandbox<Asked>(stack, 'GET', '/requests');
    const bankMs = requests.reduce((sum, { durationMs }) => sum + durationMs, 0);
    runs.push({ tookMs: runTime(run), bankMs, calls });
  }
  const median = (of: (run: (typeof runs)[number]) => number) => quantile(runs.map(of), 0.5);
  return {
    what: `sync that finds nothing, ${when}`,
    value: milliseconds(median(({ tookMs }) => tookMs)),
    of:
      `median of ${RUNS}, startedAt to endedAt; ${median(({ calls }) => calls)} provider calls each, ` +
      `besides which it took ${milliseconds(median(({ tookMs, bankMs }) => tookMs - bankMs))}`,
  };
};
