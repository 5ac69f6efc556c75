import { completeRow, type BankRow } from './bank-row.js';
import { EMPLOYEES } from './company-names.js';
import { bankDay, lastDayOfMonth } from './days.js';
import { fromCents } from './decimal-text.js';
import { randomFrom } from './random.js';

/** What one company pays every month: fixed by the seed, so that each month resembles the one before. */
export const monthlyRows = (seed: string, months: readonly string[]): BankRow[] => {
  const profile = randomFrom(`${seed}:profile`);
  const employees = EMPLOYEES.slice(0, profile.between(2, 6)).map((name) => ({
    name,
    pay: profile.between(168_000, 345_000),
  }));
  const rent = profile.between(90_000, 310_000);
  const loan = profile.between(45_000, 140_000);
  const phone = profile.between(3_500, 12_000);
  return months.flatMap((month) => {
    const random = randomFrom(`${seed}:${month}`);
    const on = (day: number): string => bankDay(`${month.slice(0, 8)}${String(day).padStart(2, '0')}`);
    const debit = (day: number, cents: number, type: string, originalWording: string): BankRow =>
      completeRow({ date: on(day), value: fromCents(-cents), type, originalWording });
    const label = `${month.slice(5, 7)}/${month.slice(0, 4)}`;
    return [
      debit(2, rent, 'transfer', `VIR SEPA SCI DES TILLEULS LOYER ${label}`),
      debit(5, random.between(160_000, 240_000), 'order', `PRLV SEPA URSSAF COTISATIONS ${label}`),
      debit(8, phone, 'order', 'PRLV SEPA TELECOM PRO MANDAT 884213'),
      debit(10, loan, 'loan_repayment', 'ECHEANCE PRET 00071 PROFESSIONNEL'),
      debit(15, random.between(9_000, 21_000), 'order', 'PRLV SEPA ENERGIE DE FRANCE MANDAT 551207'),
      debit(20, random.between(80_000, 520_000), 'order', `PRLV SEPA DGFIP TVA ${label}`),
      debit(25, random.between(6_000, 9_000), 'order', 'PRLV SEPA PREVOYANCE PRO MANDAT 330914'),
      ...employees.map(({ name, pay }) => debit(28, pay, 'transfer', `VIR SEPA SALAIRE ${name} ${label}`)),
      completeRow({
        date: bankDay(lastDayOfMonth(month)),
        value: fromCents(-random.between(1_200, 4_800)),
        type: 'bank',
        originalWording: `COMMISSION DE TENUE DE COMPTE ${label}`,
      }),
    ];
  });
};
