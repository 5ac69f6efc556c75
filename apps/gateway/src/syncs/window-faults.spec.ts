import { expect, it } from 'vitest';
import { windowFaults } from './window-faults.js';

it.each([
  [{}, []],
  [{ from: '2026-03-01', to: '2026-03-01' }, []],
  [{ from: '2024-02-29' }, []],
  [
    { from: '2026-02-30', to: '2026-02-31' },
    [
      ['from', 'field.no-such-day'],
      ['to', 'field.no-such-day'],
    ],
  ],
  [{ from: '2026-02-30', to: '2026-01-01' }, [['from', 'field.no-such-day']]],
  [{ from: '2026-03-02', to: '2026-03-01' }, [['to', 'field.before-from']]],
])('of days %j: %j', (window, faults) => {
  expect(windowFaults(window).map(({ field, code }) => [field, code])).toEqual(faults);
});
