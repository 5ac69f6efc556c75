import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/api-error.js';
import { parseTransactionQuery } from './transaction-query.js';

const refusal = (parameters: Record<string, string>): string | undefined => {
  try {
    parseTransactionQuery(parameters);
    return undefined;
  } catch (error) {
    return error instanceof ApiError ? `${error.status} ${error.code}` : String(error);
  }
};

describe('the query of a transaction list', () => {
  it('must have a limit of at most 1000', () => {
    expect(refusal({})).toBe('400 missingParameter');
    expect(refusal({ limit: '1001' })).toBe('400 invalidValue');
    expect(refusal({ limit: '0' })).toBe('400 invalidValue');
    expect(refusal({ limit: 'all' })).toBe('400 invalidValue');
    expect(refusal({ limit: '1000' })).toBeUndefined();
  });

  it.each([
    { filter: 'vdate' },
    { min_date: '2026-02-30' },
    { max_date: 'today' },
    { last_update: 'recently' },
    { cursor: 'bm9wZQ==' },
    { value: 'much' },
  ] as Record<string, string>[])('is refused with %j', (parameters) => {
    expect(refusal({ limit: '10', ...parameters })).toBe('400 invalidValue');
  });

  it('filters on the editable date unless told otherwise', () => {
    const window = { limit: '10', min_date: '2026-01', max_date: '2026-02' };
    expect(parseTransactionQuery(window)).toMatchObject({
      where: ' AND application_date >= ? AND application_date <= ? AND deleted IS NULL',
      values: ['2026-01-01', '2026-02-28'],
    });
    expect(parseTransactionQuery({ ...window, filter: 'date', all: '' }).where).toBe(
      ' AND date >= ? AND date <= ?',
    );
  });

  it('compares last_update strictly, in wall time of Paris', () => {
    expect(
      parseTransactionQuery({ limit: '10', last_update: '2026-03-14T05:12:31Z', all: '' }),
    ).toMatchObject({
      where: ' AND last_update > ?',
      values: ['2026-03-14 06:12:31'],
    });
  });
});
