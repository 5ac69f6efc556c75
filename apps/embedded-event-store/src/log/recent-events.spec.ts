import { expect, it } from 'vitest';
import { RecentEvents } from './recent-events.js';
import type { StoredEvent } from './stored-event.js';

const event = (position: number, bytes = 10): StoredEvent => ({
  position,
  stream: 's-1',
  revision: position,
  id: Buffer.alloc(16),
  type: 'T',
  created: 0,
  isJson: true,
  data: Buffer.alloc(bytes),
  metadata: Buffer.alloc(0),
});

const run = (from: number, count: number, bytes?: number) =>
  Array.from({ length: count }, (_, index) => event(from + index, bytes));

const positions = (events: readonly StoredEvent[] | undefined) => events?.map(({ position }) => position);

it('gives what follows a position, or says that it does not reach back to it', () => {
  const recent = new RecentEvents();
  expect(recent.after(0, 10)).toBeUndefined();
  recent.add(run(11, 5));
  expect(positions(recent.after(10, 2))).toEqual([11, 12]);
  expect(positions(recent.after(13, 10))).toEqual([14, 15]);
  expect(positions(recent.after(15, 10))).toEqual([]);
  expect(recent.after(9, 10)).toBeUndefined();
});

it.each([
  ['many', 10, 300],
  ['large', 1_000_000, 3],
])('stays small however %s events come, and keeps the newest', (_, bytes, perCommit) => {
  const recent = new RecentEvents();
  let next = 1;
  let kept = 0;
  for (let commit = 0; commit < 50; commit++) {
    recent.add(run(next, perCommit, bytes));
    next += perCommit;
    kept = 0;
    for (let position = next - 1; recent.after(position - 1, 1) !== undefined; position--) kept++;
    expect(kept).toBeLessThanOrEqual(3_000);
    expect(kept * bytes).toBeLessThanOrEqual(12_000_000);
  }
  expect(kept).toBeGreaterThan(0);
});
