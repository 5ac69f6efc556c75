import type { FetchedTransaction } from '#domain';
import type { BankDay } from '#kernel';
import type { DaysSeen } from './run-coverage.js';

/** First and last bank day that was shown of each account, within the days that are wanted of it. */
export class DaysByAccount {
  readonly seen = new Map<string, DaysSeen>();
  readonly #wantedFrom: ReadonlyMap<string, BankDay>;

  constructor(wantedFrom: ReadonlyMap<string, BankDay>) {
    this.#wantedFrom = wantedFrom;
  }

  add(items: readonly FetchedTransaction[]): void {
    for (const item of items) {
      if (item.kind !== 'row') continue;
      const { providerAccountId: id, day } = item;
      const days = this.seen.get(id);
      if (days && day >= days.first && day <= days.last) continue;
      // A row that was re-dated to long ago does not say that the days since then are shown.
      if (day < (this.#wantedFrom.get(id) ?? day)) continue;
      const first = days && days.first < day ? days.first : day;
      const last = days && days.last > day ? days.last : day;
      this.seen.set(id, { first, last });
    }
  }
}
