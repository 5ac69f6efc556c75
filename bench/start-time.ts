import { setTimeout as pause } from 'node:timers/promises';
import type { BenchStack } from './bench-stack.js';
import { type Figure, quantile, seconds } from './figures.js';
import { usageOfStack } from './processes.js';
import { memoryFigure } from './usage-figures.js';

const STARTS = 3;
const IDLE_MS = 5_000;

/** Spawn to ready on existing data, and what the stack holds when nothing happens. It runs afterwards. */
export const measureStart = async (stack: BenchStack): Promise<readonly Figure[]> => {
  const taken: number[] = [];
  for (let starts = 0; starts < STARTS; starts += 1) {
    await stack.stop();
    taken.push(await stack.start());
  }
  await pause(IDLE_MS);
  return [
    {
      what: 'start: spawn to ready',
      value: seconds(quantile(taken, 0.5)),
      of: `existing data, median of ${taken.map(seconds).join(', ')}`,
    },
    memoryFigure('idle', usageOfStack(stack)),
  ];
};
