import { describe, expect, it } from 'vitest';
import { CrashBudget } from './crash-budget.js';

describe('the crashes of a part of the stack', () => {
  it('are answered with longer and longer pauses, and not for ever', () => {
    const budget = new CrashBudget();
    expect([0, 1, 2, 3, 4, 5].map((at) => budget.spend(at))).toEqual([200, 400, 800, 1_600, 3_200, null]);
  });

  it('are forgiven after a minute', () => {
    const budget = new CrashBudget();
    for (let hour = 0; hour < 10; hour += 1) expect(budget.spend(hour * 3_600_000)).toBe(200);
  });
});
