import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameOfStep } from './play-step.js';
import { randomScenario } from './random-scenario.js';

it('follows from its seed', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      expect(randomScenario(seed)).toEqual(randomScenario(seed));
    }),
    { numRuns: 30 },
  );
  expect(randomScenario(1)).not.toEqual(randomScenario(2));
});

it('is calm on its last day, and tells of everything that can happen over many seeds', () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 150; seed++) {
    const { days } = randomScenario(seed, { days: 25 });
    expect(days.at(-1)?.steps.map(nameOfStep).slice(0, 2)).toEqual(['clearFaults', 'webhooks']);
    for (const { steps } of days) for (const step of steps) seen.add(nameOfStep(step));
  }
  for (const name of [
    'post',
    'book',
    'change',
    'delete',
    'restore',
    'reissue',
    'recreate',
    'disable',
    'enable',
    'state',
    'repair',
    'fault',
    'webhooks',
    'sync',
  ])
    expect([...seen]).toContain(name);
});

it('brings no trouble where none is wanted', () => {
  for (let seed = 0; seed < 30; seed++)
    for (const { steps } of randomScenario(seed, { trouble: 0 }).days.slice(0, -1))
      for (const step of steps)
        expect(['post', 'book', 'change', 'delete', 'restore', 'sync']).toContain(nameOfStep(step));
});
