import { type Figure, megabytes, seconds } from './figures.js';
import type { Usage } from './processes.js';

export const memoryFigure = (when: string, usage: readonly Usage[]): Figure => ({
  what: `memory ${when} (PSS)`,
  value: megabytes(usage.reduce((sum, { pssBytes }) => sum + pssBytes, 0)),
  of: usage.map(({ name, pssBytes }) => `${name} ${megabytes(pssBytes)}`).join(', '),
});

/** Processor time between two looks; who works is who is worth a profile. */
export const cpuFigure = (what: string, before: readonly Usage[], after: readonly Usage[]): Figure => {
  const spent = after
    .map(({ name, cpuMs }) => ({
      name,
      ms: cpuMs - (before.find((usage) => usage.name === name)?.cpuMs ?? 0),
    }))
    .filter(({ ms }) => ms > 0)
    .toSorted((a, b) => b.ms - a.ms);
  return {
    what: `  processor time, ${what}`,
    value: seconds(spent.reduce((sum, { ms }) => sum + ms, 0)),
    of: spent.map(({ name, ms }) => `${name} ${seconds(ms)}`).join(', '),
  };
};
