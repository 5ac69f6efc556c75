import { describe, expect, it } from 'vitest';
import { ByteBudget, type Lease } from './byte-budget.js';

const holding = (budget: ByteBudget, bytes: number): Lease => {
  const lease = budget.open();
  expect(lease.take(bytes)).toBeUndefined();
  return lease;
};

/** Whether a wait is over, without waiting for it. */
const stateOf = (wait: Promise<void> | undefined): Promise<string> =>
  Promise.race([
    (wait ?? Promise.resolve()).then(
      () => 'granted',
      (error: unknown) => String(error),
    ),
    new Promise<string>((resolve) => setImmediate(resolve, 'waits')),
  ]);

describe('the room for bodies in flight', () => {
  it('is granted at once while there is some, and given back', () => {
    const budget = new ByteBudget(100, 1_000);
    const lease = holding(budget, 60);
    holding(budget, 40);
    expect(budget.used).toBe(100);
    lease.release();
    lease.release();
    expect(budget.used).toBe(40);
  });

  it('is granted in the order in which it was asked for', async () => {
    const budget = new ByteBudget(100, 1_000);
    const first = holding(budget, 80);
    const large = budget.open().take(90);
    const small = budget.open().take(10);
    expect([await stateOf(large), await stateOf(small), budget.waiting]).toEqual(['waits', 'waits', 2]);
    first.release();
    expect([await stateOf(large), await stateOf(small), budget.used]).toEqual(['granted', 'granted', 100]);
  });

  it('goes to a body that grows before one that begins', async () => {
    const budget = new ByteBudget(100, 1_000);
    const [first, second] = [holding(budget, 50), holding(budget, 50)];
    const beginning = budget.open().take(50);
    const growing = second.take(50);
    first.release();
    expect([await stateOf(growing), await stateOf(beginning)]).toEqual(['granted', 'waits']);
    second.release();
    expect(await stateOf(beginning)).toBe('granted');
  });

  it('is refused at once to the last of those who would wait for each other for ever', async () => {
    const budget = new ByteBudget(100, 60_000);
    const [first, second] = [holding(budget, 50), holding(budget, 50)];
    const waits = first.take(10);
    expect(await stateOf(second.take(10))).toContain('busy');
    second.release();
    expect(await stateOf(waits)).toBe('granted');
  });

  it('is refused when none came within the time, and whoever waits behind goes on', async () => {
    const budget = new ByteBudget(100, 20);
    holding(budget, 60);
    const large = budget.open().take(90);
    const small = budget.open().take(40);
    await expect(large).rejects.toMatchObject({ reason: 'busy' });
    expect([await stateOf(small), budget.used, budget.waiting]).toEqual(['granted', 100, 0]);
  });

  it('lets a body larger than all of it pass alone', async () => {
    const budget = new ByteBudget(100, 1_000);
    const first = holding(budget, 1);
    const huge = budget.open();
    const wait = huge.take(150);
    expect(await stateOf(wait)).toBe('waits');
    first.release();
    expect(await stateOf(wait)).toBe('granted');
    expect(huge.take(50)).toBeUndefined();
    huge.release();
    expect(budget.used).toBe(0);
  });

  it('is not granted to who has left', async () => {
    const budget = new ByteBudget(100, 1_000);
    const first = holding(budget, 100);
    const gone = budget.open();
    const wait = gone.take(50);
    gone.release();
    await expect(wait).rejects.toMatchObject({ reason: 'broken-off' });
    first.release();
    expect([budget.used, budget.waiting]).toEqual([0, 0]);
  });
});
