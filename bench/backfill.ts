import type { SyncView } from '#client';
import { type ArrivedEvents, subscribeTimed } from './arrived-events.js';
import type { BenchStack } from './bench-stack.js';
import { count, type Figure, megabytes, perSecond, seconds } from './figures.js';
import { newTenant, openAccount, openAndLink, quietHistory } from './linking.js';
import { memoryOf, usageOfStack } from './processes.js';
import { askSandbox } from './sandbox.js';
import { webhookSource } from './signed-webhook.js';
import { until } from './until.js';
import { cpuFigure } from './usage-figures.js';

/** More than ten years: all that the bank has. */
const DAYS_BACK = 3_650;
const FIRST_ACCOUNT_ROWS = 20;
const LOOK_EVERY_MS = 250;
const WITHIN_MS = 3_600_000;

interface Shared {
  readonly connectionId: string;
  readonly tenantId: string;
}

/** A connection that was linked for one small account; by now the person shares `accounts` more, and all are to be imported. */
const shareAccounts = async (stack: BenchStack, rows: number, accounts: number): Promise<Shared> => {
  const [iban, tenantId] = [await openAccount(stack, FIRST_ACCOUNT_ROWS), newTenant()];
  const connectionId = await openAndLink(stack, iban, { tenantId, syncDaysBack: DAYS_BACK });
  await quietHistory(stack, connectionId);
  const { providerConnectionId } = await webhookSource(stack, iban);
  const path = `/connections/${providerConnectionId}/accounts`;
  for (let n = 0; n < accounts; n += 1) {
    const wanted = Math.floor((rows * (n + 1)) / accounts) - Math.floor((rows * n) / accounts);
    const more = await openAccount(stack, wanted);
    const { accountId } = await askSandbox<{ accountId: number }>(stack, 'POST', path, { iban: more });
    await askSandbox(stack, 'PATCH', `${path}/${accountId}`, { disabled: false });
  }
  await stack.api.requestSync(connectionId, { waitSeconds: 60 });
  const { items } = await stack.api.accounts(connectionId);
  const shared = items.filter(({ status, iban: each }) => status !== 'tracked' && each !== null);
  for (const [n, { id }] of shared.entries()) {
    await stack.api.decideOnAccount(connectionId, id, { action: 'track', accountId: 1_000 + n });
  }
  await quietHistory(stack, connectionId);
  return { connectionId, tenantId };
};

/** One look at the stack's process: how much memory it has, and how many rows were told of by then. */
interface Look {
  readonly pssBytes: number;
  readonly rows: number;
}

const ROWS_OF_A_STEP = 100_000;

/** The most of each 100,000 rows: what grows with the history would show. */
const mostOfEachStep = (looks: readonly Look[]): readonly number[] => {
  const most: number[] = [];
  for (const { pssBytes, rows } of looks) {
    const step = Math.floor(rows / ROWS_OF_A_STEP);
    most[step] = Math.max(most[step] ?? 0, pssBytes);
  }
  return most.filter((bytes) => bytes > 0);
};

const mean = (some: readonly number[]): number => some.reduce((sum, each) => sum + each, 0) / some.length;

/** Memory of the stack's process in the first and in the last quarter of some looks at it, and the most of all. */
const memoryFigureOf = (all: readonly Look[]): Figure => {
  const looks = all.map(({ pssBytes }) => pssBytes);
  const quarter = Math.max(1, Math.floor(looks.length / 4));
  return {
    what: 'backfill: memory (PSS)',
    value: megabytes(Math.max(...looks)),
    of:
      `at most, of the stack's process; ${megabytes(mean(looks.slice(0, quarter)))} in the first quarter, ` +
      `${megabytes(mean(looks.slice(-quarter)))} in the last, ${looks.length} looks; at most by each 100,000 rows: ` +
      mostOfEachStep(all).map(megabytes).join(', '),
  };
};

const allTold = async (stack: BenchStack, events: ArrivedEvents, rows: number): Promise<readonly Look[]> => {
  const looks: Look[] = [];
  const look = (): true | undefined => {
    const told = events.imported();
    looks.push({ pssBytes: memoryOf(stack.pid).pssBytes, rows: told });
    return told >= rows || undefined;
  };
  await until('all events', look, { withinMs: WITHIN_MS, everyMs: LOOK_EVERY_MS });
  return looks;
};

const runTime = (runs: readonly SyncView[]): number =>
  Math.max(...runs.map(({ endedAt }) => Date.parse(endedAt ?? ''))) -
  Math.min(...runs.map(({ startedAt }) => Date.parse(startedAt ?? '')));

/** The whole history of many accounts of one connection, from the run's start to the last event at a durable subscriber. */
export const measureBackfill = async (
  stack: BenchStack,
  rows: number,
  accounts: number,
): Promise<readonly Figure[]> => {
  const { connectionId, tenantId } = await shareAccounts(stack, rows, accounts);
  const events = await subscribeTimed(stack, tenantId, 'now');
  const before = usageOfStack(stack);
  const [asked, known] = [Date.now(), new Set((await quietHistory(stack, connectionId)).map(({ id }) => id))];
  await stack.api.requestSync(connectionId);
  const looks = await allTold(stack, events, rows);
  const all = await quietHistory(stack, connectionId, { withinMs: WITHIN_MS });
  const after = usageOfStack(stack);
  await events.stop();
  const runs = all.filter(({ id }) => !known.has(id));
  const imported = runs.reduce((sum, { transactionsImported }) => sum + transactionsImported, 0);
  if (imported !== rows || runs.some(({ status }) => status !== 'success')) {
    throw new Error(`The backfill did not import all ${rows}: ${JSON.stringify(runs)}`);
  }
  const published = events.lastAt - Math.min(...runs.map(({ startedAt }) => Date.parse(startedAt ?? '')));
  return [
    {
      what: 'backfill: sync run',
      value: perSecond(rows, runTime(runs)),
      of: `${count(rows)} transactions of ${accounts} accounts in ${seconds(runTime(runs))}, startedAt to endedAt`,
    },
    {
      what: 'backfill: all published',
      value: perSecond(rows, published),
      of: `${seconds(published)} from startedAt to the last event at a durable subscriber, ${events.messages} messages; asked ${seconds(events.lastAt - asked)} before`,
    },
    cpuFigure('backfill', before, after),
    memoryFigureOf(looks),
  ];
};
