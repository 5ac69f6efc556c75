import { completeRow, type BankRow, type Counterparty } from './bank-row.js';
import { CUSTOMERS, FOREIGN, SHOPS, SUPPLIERS } from './company-names.js';
import { addDays, bankDay } from './days.js';
import { fromCents } from './decimal-text.js';
import type { Random } from './random.js';

const dayAndMonth = (day: string): string => `${day.slice(8, 10)}/${day.slice(5, 7)}`;
const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** About a third of the rows carry instants; some of them lie on the day before in UTC, which is no error. */
const instantOf = (random: Random, day: string): string | null => {
  if (!random.chance(0.31)) return null;
  const time = `${twoDigits(random.between(6, 20))}:${twoDigits(random.between(0, 59))}:${twoDigits(random.between(0, 59))}`;
  return random.chance(0.05) ? `${addDays(day, -1)} 22:${time.slice(3)}` : `${day} ${time}`;
};

/** Filled for few transfers only, as on live data. */
const counterpartyOf = (random: Random, label: string, type: 'creditor' | 'debtor'): Counterparty | null =>
  random.chance(0.3)
    ? {
        label,
        account_scheme_name: 'iban',
        account_identification: 'FR7699998000010000000773391',
        type,
      }
    : null;

const purchase = (random: Random, day: string): BankRow => {
  const posted = bankDay(addDays(day, random.between(1, 2)));
  const card = { date: posted, rdate: day, vdate: posted, type: 'card', rdatetime: instantOf(random, day) };
  if (random.chance(0.12)) {
    const shop = random.pick(FOREIGN);
    const original = random.between(500, 40_000);
    return completeRow({
      ...card,
      value: fromCents(-Math.round(original * shop.rate)),
      originalWording: `CARTE ${dayAndMonth(day)} ${shop.name} ${(original / 100).toFixed(2)} ${shop.currency}`,
      simplifiedWording: shop.name,
      original: { value: fromCents(-original), currency: shop.currency },
    });
  }
  const shop = random.pick(SHOPS);
  return completeRow({
    ...card,
    value: fromCents(-random.between(180, 19_900)),
    originalWording: `CARTE ${dayAndMonth(day)} ${shop}`,
  });
};

const customerTransfer = (random: Random, day: string): BankRow => {
  const customer = random.pick(CUSTOMERS);
  const date = bankDay(day);
  return completeRow({
    date,
    datetime: instantOf(random, date),
    value: fromCents(random.between(12_000, 960_000)),
    type: 'transfer',
    originalWording: `VIR SEPA RECU ${customer} FACTURE ${day.slice(0, 4)}-${random.between(100, 999)}`,
    counterparty: counterpartyOf(random, customer, 'debtor'),
  });
};

const supplierTransfer = (random: Random, day: string): BankRow => {
  const supplier = random.pick(SUPPLIERS);
  return completeRow({
    date: bankDay(day),
    value: fromCents(-random.between(4_500, 380_000)),
    type: 'transfer',
    originalWording: `VIR SEPA ${supplier} REF ${random.between(10_000, 99_999)}`,
    counterparty: counterpartyOf(random, supplier, 'creditor'),
  });
};

const supplierDebit = (random: Random, day: string): BankRow =>
  completeRow({
    date: bankDay(day),
    value: fromCents(-random.between(1_900, 42_000)),
    type: 'order',
    originalWording: `PRLV SEPA ${random.pick(SUPPLIERS)} MANDAT ${random.between(100_000, 999_999)}`,
  });

const payback = (random: Random, day: string): BankRow =>
  completeRow({
    date: bankDay(day),
    value: fromCents(random.between(500, 25_000)),
    type: 'payback',
    originalWording: `REMBOURSEMENT CARTE ${random.pick(SHOPS)}`,
  });

const check = (random: Random, day: string): BankRow => {
  const isDeposit = random.chance(0.5);
  return completeRow({
    date: bankDay(day),
    vdate: bankDay(addDays(day, 2)),
    value: fromCents((isDeposit ? 1 : -1) * random.between(6_000, 220_000)),
    type: isDeposit ? 'deposit' : 'check',
    originalWording: isDeposit
      ? `REMISE CHEQUE N ${random.between(1_000, 9_999)}`
      : `CHEQUE ${random.between(1_000_000, 9_999_999)}`,
  });
};

const withdrawal = (random: Random, day: string): BankRow =>
  completeRow({
    date: bankDay(day),
    rdate: day,
    value: fromCents(-random.between(2, 30) * 1_000),
    type: 'withdrawal',
    originalWording: `RETRAIT DAB ${dayAndMonth(day)} VERNAY`,
  });

/** One movement of no fixed date, ordered on `day`. */
export const everydayRow = (random: Random, day: string): BankRow => {
  const dice = random.next();
  if (dice < 0.46) return purchase(random, day);
  if (dice < 0.7) return customerTransfer(random, day);
  if (dice < 0.81) return supplierTransfer(random, day);
  if (dice < 0.9) return supplierDebit(random, day);
  if (dice < 0.93) return payback(random, day);
  return dice < 0.97 ? check(random, day) : withdrawal(random, day);
};
