import type { FetchedTransaction } from '#domain';
import type { DaysSeen } from './run-coverage.js';

/** First and last bank day that was shown of each account. */
export class DaysByAccount {
  readonly seen = new Map<string, DaysSeen>();

  add(items: readonly FetchedTransaction[]): void {
    for (const item of items) {
      if (item.kind !== 'row') continue;
      const { providerAccountId: id, day } = item;
      const days = this.seen.get(id);
      if (days && day >= days.first && day <= days.last) continue;
      const first = days && days.first < day ? days.first : day;
      const last = days && days.last > day ? days.last : day;
      this.seen.set(id, { first, last });
    }
  }
}
