export interface Currency {
  readonly id: string;
  readonly name: string;
  readonly symbol: string;
  readonly precision: number;
}

const KNOWN: Readonly<Record<string, Currency>> = {
  EUR: { id: 'EUR', name: 'Euro', symbol: '€', precision: 2 },
  USD: { id: 'USD', name: 'US Dollar', symbol: '$', precision: 2 },
  GBP: { id: 'GBP', name: 'British Pound Sterling', symbol: '£', precision: 2 },
  CHF: { id: 'CHF', name: 'Swiss Franc', symbol: 'CHF', precision: 2 },
  JPY: { id: 'JPY', name: 'Japanese Yen', symbol: '¥', precision: 0 },
};

/** The currency object of the API; an unknown code gets a plausible one, so that clients can be tried with it. */
export const currencyOf = (id: string): Currency => KNOWN[id] ?? { id, name: id, symbol: id, precision: 2 };
