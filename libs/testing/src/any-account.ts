import type { ProviderAccount } from '#providers';

/** An account as a provider shows it: shared, and nothing known that tells it from others unless told. */
export const anyAccount = (known: Partial<ProviderAccount> = {}): ProviderAccount => ({
  providerAccountId: 'a-1',
  iban: null,
  number: null,
  holder: null,
  name: 'Compte',
  type: 'checking',
  currency: 'EUR',
  balance: null,
  status: 'shared',
  ...known,
});
