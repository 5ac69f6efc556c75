import { describe, expect, it } from 'vitest';
import { Flow } from './flow.js';

const flowOf = (...arrivals: readonly (readonly [events: number, at: number])[]): boolean => {
  const flow = new Flow();
  for (const [events, at] of arrivals) flow.note(events, at);
  return flow.isDense;
};

describe('a flow of events', () => {
  it('is not dense when a few come, however close together', () => {
    expect(flowOf([1, 1_000], [1, 1_001], [3, 1_002], [10, 1_003])).toBe(false);
  });

  it('is dense when many come within a tenth of a second, at once or one by one', () => {
    expect(flowOf([20, 1_000])).toBe(true);
    expect(flowOf(...Array.from({ length: 20 }, (_, index) => [1, 1_000 + 4 * index] as const))).toBe(true);
  });

  it('stays dense from one tenth of a second to the next, and ends with them', () => {
    expect(flowOf([20, 1_000], [1, 1_101])).toBe(true);
    expect(flowOf([20, 1_000], [1, 1_101], [1, 1_201])).toBe(false);
    expect(flowOf([20, 1_000], [1, 1_250])).toBe(false);
  });
});
