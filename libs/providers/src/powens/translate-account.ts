import { canonicalDecimal, exponentOf, isCurrency } from '#kernel';
import type { ProviderAccount } from '../bank-provider.js';
import { asRecord, asText, type JsonRecord } from '../json-fields.js';
import { parseTime } from './parse-time.js';

/** An object in today's API, a bare code in older answers. */
const currencyOf = (value: unknown): string | null => {
  const code = (asText(value) ?? asText(asRecord(value)?.['id']))?.toUpperCase();
  return code !== undefined && isCurrency(code) ? code : null;
};

const balanceOf = (value: unknown, currency: string | null): string | null => {
  const text = asText(value);
  if (text === null) return null;
  return canonicalDecimal(text, currency === null ? 0 : exponentOf(currency)) ?? null;
};

/** A time where documented; some clients met booleans, and 0 for none. */
const isSet = (value: unknown): boolean => value === true || !['0', 'false'].includes(asText(value) ?? '0');

/**
 * `disabled` is the state in which Powens discovers an account: the person has not (or no longer) agreed to share it.
 * `deleted` means that the bank no longer shows it. Both are absent (`null`) for an account in use.
 */
const statusOf = (account: JsonRecord): ProviderAccount['status'] => {
  if (isSet(account['deleted'])) return 'vanished';
  return isSet(account['disabled']) ? 'not-shared' : 'shared';
};

/** Documented as a code; a text in its place may say anything of anybody, so it is not repeated. */
const errorOf = (value: unknown): string | null => {
  if (!isSet(value)) return null;
  const code = asText(value) ?? '';
  return /^[A-Za-z][\w.-]{0,39}$/.test(code) ? code : 'unnamed';
};

/** One account in our words, or `null` when it has no id and so cannot be spoken of. */
export const translateAccount = (raw: unknown): ProviderAccount | null => {
  const account = asRecord(raw);
  const providerAccountId = asText(account?.['id']);
  if (account === null || providerAccountId === null) return null;
  const currency = currencyOf(account['currency']);
  const number = asText(account['number']);
  return {
    providerAccountId,
    iban: asText(account['iban'])?.replaceAll(/\s/g, '').toUpperCase() ?? null,
    number,
    holder: asText(account['company_name']),
    name: asText(account['name']) ?? asText(account['original_name']) ?? number ?? providerAccountId,
    type: asText(account['type']) ?? asText(asRecord(account['type'])?.['name']) ?? 'unknown',
    currency,
    balance: balanceOf(account['balance'], currency),
    status: statusOf(account),
    refreshedAt: parseTime(account['last_update']),
    error: errorOf(account['error']),
  };
};
