import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { Figure } from './figures.js';

/** Where the figures were taken; they mean nothing without. */
export const describeMachine = (): readonly Figure[] => {
  const [one = 0, five = 0] = loadavg();
  return [
    { what: 'taken at', value: new Date().toISOString() },
    { what: 'processor', value: `${availableParallelism()} cores`, of: cpus()[0]?.model.trim() ?? '' },
    { what: 'memory', value: `${(totalmem() / 1024 ** 3).toFixed(0)} GB`, of: `${platform()} ${release()}` },
    { what: 'node', value: process.version },
    {
      what: 'load before',
      value: one.toFixed(2),
      of: `over one minute; ${five.toFixed(2)} over five. Load and system share these cores.`,
    },
  ];
};
