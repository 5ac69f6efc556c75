import { describe, expect, it } from 'vitest';
import { partialText } from './partial-text.js';

const report = {
  counts: { imported: 0, updated: 0, removed: 0, skipped: 0, failed: 7 },
  failures: [
    { rowKey: '1', providerAccountId: null, reason: 'bad-date', field: 'date' },
    { rowKey: '2', providerAccountId: null, reason: 'bad-amount', field: 'value' },
    { rowKey: '3', providerAccountId: null, reason: 'bad-date', field: 'date' },
  ],
};

describe('why a run is only partial', () => {
  it('counts all rows that were left out, and names each reason once', () =>
    expect(partialText(['rows.unreadable'], report)).toBe(
      '7 row(s) could not be understood (bad-amount in value, bad-date in date) and were left out; they are read again at each sync.',
    ));

  it.each([
    ['fetch.page-cap', /did not show all its pages/],
    ['provider.not-refreshed-yet', /first look/],
    ['provider.SCARequired', /\(SCARequired\)/],
  ])('has words for %s', (reason, words) => expect(partialText([reason], report)).toMatch(words));

  it('tells every reason', () =>
    expect(partialText(['fetch.page-cap', 'rows.unreadable'], report)).toMatch(/pages; .* 7 row/));
});
