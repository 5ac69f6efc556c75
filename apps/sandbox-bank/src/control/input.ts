import type { FastifyRequest } from 'fastify';
import { isDay, isDayAndTime } from '../bank/days.js';
import { isJsonNumber } from '../bank/decimal-text.js';
import type { BankRow, Counterparty, PartialBankRow } from '../bank/bank-row.js';
import type { Override } from '../aggregator/overrides.js';
import { bodyOf } from '../api/request-context.js';

/** A call of the control API that cannot be carried out; answered with 400 and these words. */
export class BadCall extends Error {
  override readonly name = 'BadCall';
}

/** @throws BadCall of the first member that is none of `known`, with what may stand there */
export const onlyMembers = (value: object, known: readonly string[], where = 'here'): void => {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new BadCall(`"${unknown}" is unknown ${where}; allowed: ${known.join(', ') || 'nothing'}.`);
};

/** `true` or `false`, or `undefined` where it is not told. */
export const flagIn = (body: Record<string, unknown>, name: string): boolean | undefined => {
  const value = body[name];
  if (value !== undefined && typeof value !== 'boolean')
    throw new BadCall(`"${name}" must be true or false.`);
  return value;
};

/** One of some words, or `undefined` where it is not told. */
export const choiceIn = <const T extends string>(
  body: Record<string, unknown>,
  name: string,
  choices: readonly T[],
): T | undefined => {
  const value = body[name];
  const choice = choices.find((each) => each === value);
  if (value !== undefined && choice === undefined)
    throw new BadCall(`"${name}" must be one of ${choices.join(', ')}.`);
  return choice;
};

export const numberIn = (body: Record<string, unknown>, name: string): number | undefined => {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw new BadCall(`"${name}" must be a whole number.`);
  return value;
};

export const HOUR_MS = 3_600_000;

/** More than a century: what lies beyond cannot be told as a time any more. */
const MOST_HOURS = 1_000_000;

/** Hours may have a fraction. */
export const hoursIn = (body: Record<string, unknown>, name: string): number | undefined => {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !(Math.abs(value) <= MOST_HOURS))
    throw new BadCall(`"${name}" must be a number of hours, at most ${MOST_HOURS}.`);
  return value;
};

export const idsIn = (body: Record<string, unknown>, name: string): number[] => {
  const value = body[name];
  if (!Array.isArray(value) || value.some((item) => !Number.isInteger(item)))
    throw new BadCall(`"${name}" must be a list of ids, or the name of an order.`);
  return value as number[];
};

export const mappingIn = (
  body: Record<string, unknown>,
  name: string,
): Record<string, unknown> | undefined => {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw new BadCall(`"${name}" must be an object.`);
  return value as Record<string, unknown>;
};

/** What is to be laid over the JSON of a view; `null` takes it off, `undefined`: not told. */
export const overrideIn = (body: Record<string, unknown>): Override | null | undefined => {
  const { override } = body;
  if (override === undefined || override === null) return override;
  if (typeof override !== 'object' || Array.isArray(override))
    throw new BadCall('"override" must be {set, omit} or null.');
  onlyMembers(override, ['set', 'omit'], 'in "override"');
  return override;
};

export const dayIn = (body: Record<string, unknown>, name: string): string | undefined => {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !isDay(value))
    throw new BadCall(`"${name}" must be a day of the calendar, YYYY-MM-DD.`);
  return value;
};

/** A day and a time as the provider writes them, or `null`; in which zone depends on what it tells. */
export const timestampIn = (body: Record<string, unknown>, name: string): string | null | undefined => {
  const value = body[name];
  if (value === undefined || value === null) return value;
  if (typeof value !== 'string' || !isDayAndTime(value))
    throw new BadCall(`"${name}" must be a time of the calendar, YYYY-MM-DD HH:MM:SS, or null.`);
  return value;
};

/** A number or the text of one, as the text that will stand in JSON. */
export const decimalIn = (body: Record<string, unknown>, name: string): string | undefined => {
  const value = body[name];
  if (value === undefined) return undefined;
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  if (!isJsonNumber(text)) throw new BadCall(`"${name}" must be a number.`);
  return text;
};

export const ROW_MEMBERS = [
  'date',
  'value',
  'originalWording',
  'simplifiedWording',
  'type',
  'coming',
  'rdate',
  'vdate',
  'datetime',
  'rdatetime',
  'card',
  'counterparty',
  'original',
] as const satisfies readonly (keyof BankRow)[];

const COUNTERPARTY_MEMBERS = [
  'label',
  'account_scheme_name',
  'account_identification',
  'type',
] as const satisfies readonly (keyof Counterparty)[];

/** Members of a bank row as a caller may give them; amounts as numbers or decimal texts. */
export const rowChanges = (input: unknown): Partial<PartialBankRow> => {
  const row = { ...(input as Record<string, unknown>) };
  onlyMembers(row, ROW_MEMBERS, 'in a row');
  onlyMembers(mappingIn(row, 'counterparty') ?? {}, COUNTERPARTY_MEMBERS, 'in "counterparty"');
  onlyMembers(mappingIn(row, 'original') ?? {}, ['value', 'currency'], 'in "original"');
  flagIn(row, 'coming');
  const [date, value] = [dayIn(row, 'date'), decimalIn(row, 'value')];
  dayIn(row, 'rdate');
  if (row.vdate !== null) dayIn(row, 'vdate');
  for (const name of ['datetime', 'rdatetime']) timestampIn(row, name);
  return { ...row, ...(date !== undefined && { date }), ...(value !== undefined && { value }) };
};

export const wholeRow = (input: unknown): PartialBankRow => {
  const { date, value, ...rest } = rowChanges(input);
  if (date === undefined || value === undefined) throw new BadCall('A row needs "date" and "value".');
  return { ...rest, date, value };
};

export const textsIn = (request: FastifyRequest, name: string): string[] => {
  const value = bodyOf(request)[name] ?? [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
    throw new BadCall(`"${name}" must be a list of texts.`);
  return value as string[];
};
