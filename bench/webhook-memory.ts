import type { BenchStack } from './bench-stack.js';
import { drain } from './drain.js';
import { count, type Figure, megabytes, milliseconds, quantile, seconds } from './figures.js';
import type { LinkedSource } from './linked-sources.js';
import { memoryOf } from './processes.js';
import { failuresOf, sendLoad } from './send-load.js';
import { idsTakenUpTo, takeIds } from './webhook-answers.js';

const BODIES = 1_000;
const BODY_BYTES = 5_000_000;
const IN_FLIGHT = 8;
const FOR_MS = 600_000;
const DRAINED_WITHIN_MS = 120_000;
const SAMPLE_EVERY_MS = 250;

interface Sample {
  readonly pssBytes: number;
  readonly rssBytes: number;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** How the first quarter of the samples compares with the last one. */
const growth = (samples: readonly Sample[], of: (sample: Sample) => number): string => {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const values = samples.map(of);
  const [first, last] = [mean(values.slice(0, quarter)), mean(values.slice(-quarter))];
  return `${megabytes(first)} in the first quarter, ${megabytes(last)} in the last, at most ${megabytes(Math.max(...values))}`;
};

/** Large bodies, a few at a time: what the process of the door holds meanwhile. */
export const measureLargeBodies = async (
  stack: BenchStack,
  sources: readonly LinkedSource[],
): Promise<readonly Figure[]> => {
  const before = memoryOf(stack.pid);
  const samples: Sample[] = [];
  const timer = setInterval(() => samples.push(memoryOf(stack.pid)), SAMPLE_EVERY_MS);
  const job = { firstId: takeIds(), forMs: FOR_MS, rate: null, inFlight: IN_FLIGHT };
  const result = await sendLoad({ sources, ...job, atMost: BODIES, accountsBytes: BODY_BYTES });
  clearInterval(timer);
  idsTakenUpTo(result.lastId);
  await drain(stack, sources, result.lastId, DRAINED_WITHIN_MS);
  const { answered, latencies, tookMs } = result;
  return [
    {
      what: 'webhooks of 5 MB: answers',
      value: `${milliseconds(quantile(latencies, 0.5))}, ${milliseconds(quantile(latencies, 0.99))}`,
      of: `p50, p99; ${count(answered)} of ${count(BODIES)} with 200, ${failuresOf(result)}, ${IN_FLIGHT} at a time, in ${seconds(tookMs)}`,
    },
    {
      what: 'webhooks of 5 MB: memory (PSS)',
      value: megabytes(Math.max(...samples.map(({ pssBytes }) => pssBytes))),
      of: `stack's process: ${growth(samples, ({ pssBytes }) => pssBytes)}; ${megabytes(before.pssBytes)} before`,
    },
    {
      what: 'webhooks of 5 MB: memory (RSS)',
      value: megabytes(Math.max(...samples.map(({ rssBytes }) => rssBytes))),
      of: `stack's process: ${growth(samples, ({ rssBytes }) => rssBytes)}; ${megabytes(before.rssBytes)} before`,
    },
  ];
};
