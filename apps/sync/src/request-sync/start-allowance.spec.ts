import { expect, it } from 'vitest';
import { StartAllowance } from './start-allowance.js';

const taken = (allowance: StartAllowance, count: number, at: number): number =>
  Array.from({ length: count }, () => allowance.take(at)).filter(Boolean).length;

it('lets as many start at once as may start in a second, and then one by one', () => {
  const allowance = new StartAllowance(8);
  expect(taken(allowance, 100, 1_000_000)).toBe(8);
  expect(taken(allowance, 100, 1_000_100)).toBe(0);
  expect(taken(allowance, 100, 1_000_126)).toBe(1);
  expect(taken(allowance, 100, 1_000_500)).toBe(3);
  expect(taken(allowance, 100, 1_060_000)).toBe(8);
});

it('gives nothing for a clock that is set back', () => {
  const allowance = new StartAllowance(8);
  expect(taken(allowance, 8, 1_000_000)).toBe(8);
  expect(taken(allowance, 8, 900_000)).toBe(0);
  expect(taken(allowance, 8, 901_000)).toBe(8);
});
