import { loadavg } from 'node:os';
import type { BenchStack } from './bench-stack.js';
import { type Drained, drain } from './drain.js';
import { count, type Figure, milliseconds, perSecond, quantile, seconds } from './figures.js';
import type { LinkedSource } from './linked-sources.js';
import { usageOfStack } from './processes.js';
import { failuresOf, sendLoad } from './send-load.js';
import { headOf, storedSince } from './stored-deliveries.js';
import { cpuFigure } from './usage-figures.js';
import type { LoadResult } from './webhook-load.js';

export interface WebhookLoad {
  readonly what: string;
  /** Deliveries per second; `null`: as fast as answered. */
  readonly rate: number | null;
  readonly forMs: number;
  readonly inFlight: number;
}

export const AT_500: WebhookLoad = { what: 'at 500 /s', rate: 500, forMs: 30_000, inFlight: 64 };
export const BURST: WebhookLoad = { what: 'at 2,000 /s', rate: 2_000, forMs: 60_000, inFlight: 256 };
export const FLAT_OUT: WebhookLoad = {
  what: 'as fast as answered',
  rate: null,
  forMs: 20_000,
  inFlight: 64,
};

/** The stack was started for this bench: at first its code is not compiled. */
const WARM_AFTER_S = 5;
const DRAINED_WITHIN_MS = 240_000;

/** Increasing over all loads of a bench, as a provider's are. */
let nextId = Date.now() * 1_000;

export const takeIds = (): number => nextId;
export const idsTakenUpTo = (lastId: number): void => void (nextId = Math.max(nextId, lastId + 1));

const warm = ({ bySecond }: LoadResult): readonly number[] =>
  bySecond.slice(WARM_AFTER_S).flatMap((latencies) => latencies ?? []);

const p99BySecond = ({ bySecond }: LoadResult): readonly number[] =>
  bySecond.flatMap((latencies) => (latencies ? [Math.round(quantile(latencies, 0.99))] : []));

const answerFigures = (
  { what, rate, inFlight }: WebhookLoad,
  result: LoadResult,
  connections: number,
): Figure[] => {
  const { answered, tookMs, latencies, cpuMs } = result;
  return [
    {
      what: `webhooks ${what}: answers`,
      value: perSecond(answered, tookMs),
      of: `${count(answered)} with 200, ${failuresOf(result)}, in ${seconds(tookMs)}; ${inFlight} sockets, ${connections} bank links; load process ${seconds(cpuMs)} of processor time`,
    },
    {
      what: `webhooks ${what}: p50, p99`,
      value: `${milliseconds(quantile(latencies, 0.5))}, ${milliseconds(quantile(latencies, 0.99))}`,
      of: `max ${milliseconds(quantile(latencies, 1))}${rate === null ? '' : ', from when each was due'}; load average ${(loadavg()[0] ?? 0).toFixed(2)}`,
    },
    {
      what: `webhooks ${what}: p50, p99, warm`,
      value: `${milliseconds(quantile(warm(result), 0.5))}, ${milliseconds(quantile(warm(result), 0.99))}`,
      of: `of those due after the first ${WARM_AFTER_S} seconds, in which a fresh process compiles what it runs; p99 of each second: ${p99BySecond(result).join(' ')} ms`,
    },
  ];
};

const since = (ms: number | null, what: string): string =>
  ms === null ? `${what}: not within ${seconds(DRAINED_WITHIN_MS)}` : `${what} after ${seconds(ms)}`;

const drainFigure = ({ what }: WebhookLoad, { outcomesMs, runsMs }: Drained): Figure => ({
  what: `webhooks ${what}: drained`,
  value: runsMs === null ? 'no' : seconds(runsMs),
  of: `from the last answer: ${since(outcomesMs, 'every delivery had its outcome')}, ${since(runsMs, 'every run that they caused had ended')}`,
});

/** Distinct, signed deliveries for linked connections: what the door answers, whether it is in the log, and what becomes of it. */
export const measureLoad = async (
  stack: BenchStack,
  sources: readonly LinkedSource[],
  load: WebhookLoad,
): Promise<readonly Figure[]> => {
  const head = await headOf(stack);
  const [firstId, before] = [takeIds(), usageOfStack(stack)];
  const { forMs, rate, inFlight } = load;
  const result = await sendLoad({ sources, firstId, forMs, rate, inFlight });
  const after = usageOfStack(stack);
  idsTakenUpTo(result.lastId);
  const drained = await drain(stack, sources, result.lastId, DRAINED_WITHIN_MS);
  const all = usageOfStack(stack);
  const stored = (await storedSince(stack, head)).size;
  return [
    ...answerFigures(load, result, sources.length),
    {
      what: `webhooks ${load.what}: in the log`,
      value: count(stored),
      of: `deliveries found in the log afterwards; ${count(result.answered)} were answered 200`,
    },
    drainFigure(load, drained),
    cpuFigure(load.what, before, after),
    cpuFigure(`${load.what}, until drained`, before, all),
  ];
};
