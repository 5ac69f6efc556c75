import { expect, it } from 'vitest';
import { ProgressWatch } from './progress-watch.js';

it('complains only when what was the head is not reached in time', () => {
  const watch = new ProgressWatch(1_000);
  expect(watch.complaint(null, null, 0)).toBeNull();
  expect(watch.complaint(null, 10n, 0)).toBeNull();
  expect(watch.complaint(5n, 20n, 999)).toBeNull();
  expect(watch.complaint(5n, 30n, 1_000)).toBe(
    '25 log positions behind: it has not reached what was the head 1 s ago',
  );
});

it('is content with a reader that is behind but moves on', () => {
  const watch = new ProgressWatch(1_000);
  for (let second = 0n; second < 60n; second++) {
    expect(watch.complaint(second * 10n, (second + 2n) * 10n, Number(second) * 400)).toBeNull();
  }
});

it('forgets the past once the head was reached', () => {
  const watch = new ProgressWatch(1_000);
  watch.complaint(0n, 10n, 0);
  expect(watch.complaint(10n, 10n, 5_000)).toBeNull();
  expect(watch.complaint(10n, 11n, 9_000)).toBeNull();
});
