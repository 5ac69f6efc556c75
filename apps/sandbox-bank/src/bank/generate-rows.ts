import { completeRow, type BankRow } from './bank-row.js';
import { addDays, bankDay, lastDayOfMonth, monthsBetween } from './days.js';
import { sum } from './decimal-text.js';
import { everydayRow } from './everyday-row.js';
import { monthlyRows } from './monthly-rows.js';
import { randomFrom, type Random } from './random.js';
import { SHOPS } from './company-names.js';
import { fromCents } from './decimal-text.js';

export interface AccountPlan {
  readonly seed: string;
  /** Number of rows, exactly. */
  readonly size: number;
  /** Length of the history that ends with `until`. */
  readonly days: number;
  readonly until: string;
  readonly type: 'checking' | 'card' | 'savings';
  /** Of a card: its mask. Of a current account: the seed of the deferred card that is debited to it, or `null`. */
  readonly card: string | null;
  readonly cardPlan: AccountPlan | null;
}

const byDay = (a: BankRow, b: BankRow): number => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0);

/** A few rows that the bank announces but has not posted yet. */
const comingRows = (random: Random, until: string): BankRow[] =>
  [1, 3].map((later) => ({ ...everydayRow(random, addDays(until, later)), coming: true, datetime: null }));

const checkingRows = (plan: AccountPlan): BankRow[] => {
  const from = addDays(plan.until, -plan.days);
  const random = randomFrom(plan.seed);
  const regular = monthlyRows(plan.seed, monthsBetween(from, plan.until)).filter(
    (row) => row.date >= from && row.date <= plan.until,
  );
  const summaries = plan.cardPlan ? cardSummaries(plan.cardPlan, plan.until) : [];
  const coming = plan.size >= 20 ? comingRows(random, plan.until) : [];
  const rows = [...coming, ...summaries, ...regular].slice(0, plan.size);
  let sinceTwin = 0;
  while (rows.length < plan.size) {
    const row = everydayRow(random, addDays(from, random.between(2, plan.days)));
    if (row.date > plan.until) continue;
    rows.push(row);
    sinceTwin += 1;
    if (sinceTwin >= 40 && row.type === 'card' && rows.length < plan.size) {
      rows.push(row);
      sinceTwin = 0;
    }
  }
  return rows;
};

/** Purchases wait until the last bank day of their month, when one debit on the current account pays them. */
const cardRows = (plan: AccountPlan): BankRow[] => {
  const random = randomFrom(plan.seed);
  return Array.from({ length: plan.size }, () => {
    const bought = addDays(plan.until, -random.between(0, plan.days));
    const date = bankDay(lastDayOfMonth(bought));
    return completeRow({
      date,
      rdate: bought,
      vdate: null,
      value: fromCents(-random.between(300, 26_000)),
      type: 'deferred_card',
      originalWording: `${random.pick(SHOPS)} ${bought.slice(8, 10)}/${bought.slice(5, 7)}`,
      coming: date > plan.until,
      card: plan.card ?? '',
    });
  });
};

const cardSummaries = (cardPlan: AccountPlan, until: string): BankRow[] => {
  const totals = new Map<string, string[]>();
  for (const row of cardRows(cardPlan)) totals.set(row.date, [...(totals.get(row.date) ?? []), row.value]);
  return [...totals]
    .filter(([date]) => date <= until)
    .map(([date, values]) =>
      completeRow({
        date,
        value: sum(values),
        type: 'summary_card',
        originalWording: `FACTURE CARTE ${cardPlan.card ?? ''} ${date.slice(5, 7)}/${date.slice(0, 4)}`,
      }),
    );
};

const savingsRows = (plan: AccountPlan): BankRow[] => {
  const random = randomFrom(plan.seed);
  return Array.from({ length: plan.size }, () =>
    completeRow({
      date: bankDay(addDays(plan.until, -random.between(2, plan.days))),
      value: fromCents(random.between(1, 40) * 5_000),
      type: 'transfer',
      originalWording: 'VIREMENT INTERNE EPARGNE',
    }),
  );
};

/** All rows of an account, oldest first. The same plan always gives the same rows. */
export const generateRows = (plan: AccountPlan): BankRow[] => {
  const rows =
    plan.type === 'card' ? cardRows(plan) : plan.type === 'savings' ? savingsRows(plan) : checkingRows(plan);
  return rows.sort(byDay);
};
