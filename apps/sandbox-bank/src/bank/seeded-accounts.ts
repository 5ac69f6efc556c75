import type { Bank } from './bank.js';
import { DEMO_CONNECTOR_ID } from './connectors.js';
import { GUIDE_IBAN, withCheckDigits } from './iban.js';

/** An account for benchmarks: 20,000 rows. */
export const BIG_IBAN = withCheckDigits('FR', '99998000200000000200045');

const SEEDED = [
  { iban: GUIDE_IBAN, connectorId: DEMO_CONNECTOR_ID, size: 3000, name: 'Compte courant' },
  {
    iban: withCheckDigits('FR', '99998000400000000777712'),
    connectorId: DEMO_CONNECTOR_ID,
    size: 800,
    name: 'Compte secondaire',
  },
  { iban: 'FR7699998000010000000452127', connectorId: 59, size: 2200, name: 'Compte courant' },
  {
    iban: withCheckDigits('FR', '99998000010000000881133'),
    connectorId: 59,
    size: 300,
    name: 'Compte en dollars',
    currency: 'USD',
  },
  {
    iban: withCheckDigits('FR', '99998000020000000123456'),
    connectorId: 12,
    size: 3600,
    name: 'Compte courant',
  },
  { iban: BIG_IBAN, connectorId: 12, size: 20_000, name: 'Compte à fort volume' },
];

/** Opens what every fresh sandbox has. Histories end with `today`, the day on which the sandbox was first started. */
export const openSeededAccounts = (bank: Bank, today: string): void => {
  for (const account of SEEDED) bank.open({ ...account, days: 730, until: today, listed: true });
};
