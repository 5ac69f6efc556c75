import { createHash } from 'node:crypto';
import { type BankDay, canonicalDecimal, canonicalJson, exponentOf, isCurrency } from '#kernel';
import type { Counterparty, FetchedTransaction, TransactionType, UnreadableReason } from '#domain';
import { asRecord, asText, type JsonRecord } from '../json-fields.js';
import { parseDay, parseTime } from './parse-time.js';

/** Longer amounts than this are no bank's. */
const MAX_AMOUNT_LENGTH = 40;

/** Powens' codes, with the spellings of its older documentation and SDK. */
const TYPES: Readonly<Record<string, TransactionType>> = {
  transfer: 'transfer',
  order: 'direct-debit',
  check: 'cheque',
  deposit: 'deposit',
  payback: 'refund',
  refund: 'refund',
  withdrawal: 'withdrawal',
  loan_repayment: 'loan-repayment',
  loan_payment: 'loan-repayment',
  bank: 'fee',
  fee: 'fee',
  market_fee: 'fee',
  card: 'card',
  deferred_card: 'deferred-card',
  summary_card: 'card-summary',
  card_summary: 'card-summary',
  market_order: 'market',
  arbitrage: 'market',
  profit: 'interest',
  payout: 'payout',
  payment: 'payment',
};

/** Why a row cannot be read, thrown and caught within this file. */
class Unreadable extends Error {
  constructor(
    readonly reason: UnreadableReason,
    readonly field: string,
  ) {
    super(reason);
  }
}

const dayOf = (row: JsonRecord, field: string): BankDay | null => {
  const value = row[field];
  if (value === null || value === undefined || value === '') return null;
  const day = parseDay(value);
  if (day === null) throw new Unreadable('bad-date', field);
  return day;
};

const amountOf = (value: unknown, currency: string): string => {
  const text = asText(value);
  const amount = text === null ? undefined : canonicalDecimal(text, exponentOf(currency));
  if (amount === undefined || amount.length > MAX_AMOUNT_LENGTH) throw new Unreadable('bad-amount', 'value');
  return amount;
};

const typeOf = (value: unknown): TransactionType => {
  const code = asText(value)?.toLowerCase();
  return code !== undefined && Object.hasOwn(TYPES, code) ? (TYPES[code] ?? 'unknown') : 'unknown';
};

const counterpartyOf = (value: unknown): Counterparty | null => {
  const side = asRecord(value);
  const name = asText(side?.['label']);
  const account = asText(side?.['account_identification']);
  if (name === null && account === null) return null;
  return { name, account, accountScheme: account === null ? null : asText(side?.['account_scheme_name']) };
};

/** Flags come as booleans; some clients met 0 and 1. */
const isSet = (value: unknown): boolean => value === true || value === '1' || value === 'true';

const isDeleted = (value: unknown): boolean => isSet(value) || (asText(value) ?? '0') !== '0';

/** A row that was taken back needs a day to be filed under, and nothing else: its first readable one will do. */
const deletedDay = (row: JsonRecord): BankDay => {
  for (const field of ['date', 'vdate', 'rdate', 'application_date']) {
    const day = parseDay(row[field]);
    if (day !== null) return day;
  }
  throw new Unreadable('bad-date', 'date');
};

type Key = { readonly providerAccountId: string; readonly providerTransactionId: string };

const translateRow = (row: JsonRecord, key: Key, currency: string | null): FetchedTransaction => {
  const providerUpdatedAt = parseTime(row['last_update']);
  if (isDeleted(row['deleted'])) {
    return { kind: 'deleted', ...key, day: deletedDay(row), providerUpdatedAt };
  }
  const bookedOn = dayOf(row, 'date');
  const valueOn = dayOf(row, 'vdate');
  const transactedOn = dayOf(row, 'rdate');
  const day = bookedOn ?? valueOn ?? transactedOn;
  if (day === null) throw new Unreadable('bad-date', 'date');
  if (currency === null || !isCurrency(currency)) throw new Unreadable('unknown-currency', 'currency');
  return {
    kind: 'row',
    ...key,
    day,
    providerUpdatedAt,
    content: {
      status: isSet(row['coming']) ? 'pending' : 'booked',
      bookedOn,
      valueOn,
      transactedOn,
      amount: amountOf(row['value'], currency),
      currency,
      // `wording` may have been edited by the person: it stands in only where the bank's cleaned text is absent.
      label: asText(row['simplified_wording']) ?? asText(row['wording']),
      originalLabel: asText(row['original_wording']),
      type: typeOf(row['type']),
      counterparty: counterpartyOf(row['counterparty']),
    },
  };
};

/** Where the id says which row it is and its day is beyond doubt, no row of another day can be meant. */
const filedUnder = (row: JsonRecord, id: string | null): BankDay | null => {
  const day = [row['date'], row['vdate'], row['rdate']].find(
    (value) => value !== null && value !== undefined && value !== '',
  );
  return id === null ? null : parseDay(day);
};

const unreadable = (
  raw: unknown,
  id: string | null,
  providerAccountId: string | null,
  { reason, field }: Unreadable,
): FetchedTransaction => ({
  kind: 'unreadable',
  providerAccountId,
  day: filedUnder(asRecord(raw) ?? {}, id),
  rowKey: id ?? createHash('sha256').update(canonicalJson(raw)).digest('hex'),
  reason,
  field,
});

/** The account that a raw row says it belongs to. */
export const accountOfRow = (raw: unknown): string | null => asText(asRecord(raw)?.['id_account']);

/** Powens' own time of the row's last change, as it was sent. */
export const lastUpdateOfRow = (raw: unknown): string | null => asText(asRecord(raw)?.['last_update']);

/**
 * One row of Powens' transactions, in our words. Rows carry no currency: `currencyOf` knows their account's. Three fields speak
 * independently of each other: `coming` (pending), `deleted` (taken back by the bank) and `active` (the person's own budget
 * view, which is no business of ours).
 */
export const translateTransaction = (
  raw: unknown,
  currencyOf: (providerAccountId: string) => string | null,
): FetchedTransaction => {
  const row = asRecord(raw) ?? {};
  const id = asText(row['id']);
  const account = accountOfRow(raw);
  try {
    if (id === null) throw new Unreadable('missing-id', 'id');
    if (account === null) throw new Unreadable('missing-account', 'id_account');
    const key = { providerAccountId: account, providerTransactionId: id };
    return translateRow(row, key, currencyOf(account));
  } catch (error) {
    if (error instanceof Unreadable) return unreadable(raw, id, account, error);
    throw error;
  }
};
