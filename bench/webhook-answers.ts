import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PasserelleProblem } from '#client';
import type { BenchStack } from './bench-stack.js';
import { count, type Figure, milliseconds, perSecond, quantile, seconds } from './figures.js';
import { newTenant, openAccount, openAndLink, quietHistory } from './linking.js';
import { usageOfStack } from './processes.js';
import { type WebhookSource, webhookSource } from './signed-webhook.js';
import { cpuFigure } from './usage-figures.js';
import type { LoadJob, LoadResult } from './webhook-load.js';

const PROGRAM = fileURLToPath(new URL('webhook-load.js', import.meta.url));
const CONNECTIONS = 8;
const FOR_MS = 10_000;
const DRAINED_WITHIN_MS = 30_000;

/** Small accounts, so that the runs which the deliveries ask for are short. */
const linkSome = async (stack: BenchStack): Promise<readonly WebhookSource[]> => {
  const linked = [];
  for (let opened = 0; opened < CONNECTIONS; opened += 1) {
    const iban = await openAccount(stack, 20);
    const connectionId = await openAndLink(stack, iban, { tenantId: newTenant(), syncDaysBack: 90 });
    await quietHistory(stack, connectionId);
    linked.push(await webhookSource(stack, iban));
  }
  return linked;
};

const send = async (job: LoadJob): Promise<LoadResult> => {
  const child = fork(PROGRAM, { stdio: 'inherit' });
  try {
    child.send(job);
    const [result] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error('The load process ended without a result.');
      }),
    ])) as [LoadResult];
    return result;
  } finally {
    child.kill();
  }
};

const isKnown = async ({ api }: BenchStack, requestId: string): Promise<boolean> => {
  try {
    await api.getSync(requestId);
    return true;
  } catch (error) {
    if (error instanceof PasserelleProblem && error.status === 404) return false;
    throw error;
  }
};

/** How many of the deliveries became part of a run; they do so in the order of the log, which is nearly that of the ids. */
const servedOf = async (stack: BenchStack, firstId: number, lastId: number): Promise<number> => {
  let [low, high] = [firstId, lastId + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await isKnown(stack, `powens_${middle}`)) low = middle + 1;
    else high = middle;
  }
  return low - firstId;
};

/** Until the last delivery became part of a run: reactors work in the order of the log. */
const drained = async (stack: BenchStack, lastId: number): Promise<number | null> => {
  const began = performance.now();
  while (performance.now() - began < DRAINED_WITHIN_MS) {
    if (await isKnown(stack, `powens_${lastId}`)) return performance.now() - began;
    await pause(50);
  }
  return null;
};

interface Load {
  readonly what: string;
  readonly rate: number | null;
  readonly inFlight: number;
}

const LOADS: readonly Load[] = [
  { what: 'at 500 /s', rate: 500, inFlight: 64 },
  { what: 'as fast as answered', rate: null, inFlight: 32 },
];

/** Distinct, signed deliveries for linked connections: what the door answers, and what becomes of them. */
export async function* measureWebhooks(stack: BenchStack): AsyncGenerator<readonly Figure[], void> {
  const sources = await linkSome(stack);
  let firstId = Date.now() * 1_000;
  for (const { what, rate, inFlight } of LOADS) {
    const before = usageOfStack(stack);
    const began = performance.now();
    const result = await send({ sources, firstId, forMs: FOR_MS, rate, inFlight });
    const after = usageOfStack(stack);
    const { answered, failed, tookMs, latencies, lastId } = result;
    const drain = await drained(stack, lastId);
    const reactMs = performance.now() - began;
    const served = await servedOf(stack, firstId, lastId);
    firstId = lastId + 1;
    yield [
      {
        what: `webhooks ${what}: answers`,
        value: perSecond(answered, tookMs),
        of: `${count(answered)} with 200, ${failed} without, in ${seconds(tookMs)}, ${inFlight} connections, ${CONNECTIONS} bank links`,
      },
      {
        what: `webhooks ${what}: p50, p99`,
        value: `${milliseconds(quantile(latencies, 0.5))}, ${milliseconds(quantile(latencies, 0.99))}`,
        of: `max ${milliseconds(Math.max(...latencies))}${rate === null ? '' : ', from when each was due'}`,
      },
      {
        what: `webhooks ${what}: become runs`,
        value: perSecond(served, reactMs),
        of:
          drain === null
            ? `${count(served)} of ${count(answered)} were part of a run ${seconds(DRAINED_WITHIN_MS)} after the last answer`
            : `all of them ${seconds(drain)} after the last answer`,
      },
      cpuFigure(what, before, after),
    ];
  }
}
