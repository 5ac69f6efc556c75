import { invalidValue, missingParameter } from '../api/api-error.js';
import type { SqlValue } from '../store.js';
import { addDays, lastDayOfMonth } from '../bank/days.js';
import { toParisTimestamp } from '../timestamps.js';
import { decodeCursor, type Cursor } from './cursor.js';

export type Parameters = Readonly<Record<string, string | undefined>>;

export interface TransactionQuery {
  readonly limit: number;
  readonly offset: number;
  readonly cursor: Cursor | null;
  /** Conditions joined by AND, without the scope and the cursor. */
  readonly where: string;
  readonly values: readonly SqlValue[];
}

const MAX_LIMIT = 1000;

const integer = (name: string, text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw invalidValue(name, 'must be a positive integer');
  return Number(text);
};

const limitOf = (parameters: Parameters): number => {
  if (parameters.limit === undefined || parameters.limit === '') throw missingParameter('limit');
  const limit = integer('limit', parameters.limit);
  if (limit < 1) throw invalidValue('limit', 'must be at least 1');
  if (limit > MAX_LIMIT) throw invalidValue('limit', `must be at most ${MAX_LIMIT}`);
  return limit;
};

/** `YYYY-MM-DD`, `YYYY-MM`, `YYYY`, or an instant of which the day counts. */
const dayOf = (name: string, text: string, end: boolean): string => {
  const [, year = '', month, day] = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ].*)?)?)?$/.exec(text) ?? [];
  const first = `${year}-${month ?? (end ? '12' : '01')}-${day ?? '01'}`;
  const parsed = Date.parse(`${first}T00:00:00Z`);
  if (year === '' || Number.isNaN(parsed) || addDays(first, 0) !== first)
    throw invalidValue(name, 'must be a date');
  return end && day === undefined ? lastDayOfMonth(first) : first;
};

const decimal = (name: string, text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw invalidValue(name, 'must be a decimal');
  return value;
};

const flag = (text: string): boolean => text !== 'false' && text !== '0';

/** Reads the query of a transaction list and refuses what the documentation refuses. */
export const parseTransactionQuery = (parameters: Parameters): TransactionQuery => {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const add = (condition: string, ...bound: SqlValue[]): void => {
    conditions.push(condition);
    values.push(...bound);
  };
  const given = (name: string, use: (text: string) => void): void => {
    const text = parameters[name];
    if (text !== undefined && text !== '') use(text);
  };
  const filter = parameters.filter ?? 'application_date';
  if (filter !== 'date' && filter !== 'application_date')
    throw invalidValue('filter', "must be 'application_date' or 'date'");
  given('min_date', (text) => add(`${filter} >= ?`, dayOf('min_date', text, false)));
  given('max_date', (text) => add(`${filter} <= ?`, dayOf('max_date', text, true)));
  given('last_update', (text) => {
    const after = toParisTimestamp(text);
    if (after === undefined) throw invalidValue('last_update', 'must be a date and time');
    add('last_update > ?', after);
  });
  given('income', (text) => add(flag(text) ? 'value > 0' : 'value < 0'));
  given('min_value', (text) => add('value >= ?', decimal('min_value', text)));
  given('max_value', (text) => add('value <= ?', decimal('max_value', text)));
  given('value', (text) => {
    const absolute = /^(?:±|(.+)\|-)(.+)$/.exec(text);
    if (absolute) add('abs(value) = ?', Math.abs(decimal('value', absolute[2] ?? '')));
    else add('value = ?', decimal('value', text));
  });
  for (const name of ['wording', 'search'])
    given(name, (text) => add('instr(lower(coalesce(user_wording, content)), lower(?)) > 0', text));
  if (parameters.deleted !== undefined && flag(parameters.deleted)) add('deleted IS NOT NULL');
  else if (parameters.all === undefined) add('deleted IS NULL');
  return {
    limit: limitOf(parameters),
    offset: parameters.offset === undefined ? 0 : integer('offset', parameters.offset),
    cursor: parameters.cursor === undefined ? null : decodeCursor(parameters.cursor),
    where: conditions.map((condition) => ` AND ${condition}`).join(''),
    values,
  };
};
