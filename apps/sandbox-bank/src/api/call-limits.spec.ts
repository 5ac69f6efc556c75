import { beforeEach, expect, it } from 'vitest';
import { CallLimits } from './call-limits.js';

let now: number;
let machineMs: number;
let limits: CallLimits<string>;

beforeEach(() => {
  [now, machineMs] = [1_000_000, 5_000];
  limits = new CallLimits(
    () => now,
    () => machineMs,
  );
});

const take = (times: number, key = 'one', perMinute = 2): (number | null)[] =>
  Array.from({ length: times }, () => limits.take(key, perMinute));

it('lets so many calls of a minute in, for each key apart, and says how long the next one waits', () => {
  expect(take(3)).toEqual([null, null, 60]);
  now += 20_500;
  expect(take(1)).toEqual([40]);
  expect(take(1, 'another')).toEqual([null]);
  now += 39_500;
  expect(take(3)).toEqual([null, null, 60]);
});

it('counts, but holds nobody up without a limit', () => {
  expect(take(3, 'one', 0)).toEqual([null, null, null]);
  expect(take(1)).toEqual([60]);
});

it('lets in whoever waits as told, also by a clock that stands still or goes back', () => {
  expect(take(3)).toEqual([null, null, 60]);
  now -= 86_400_000;
  machineMs += 59_000;
  expect(take(1)).toEqual([1]);
  machineMs += 1_000;
  expect(take(3)).toEqual([null, null, 60]);
});
