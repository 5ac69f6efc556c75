import { describe, expect, it } from 'vitest';
import type { ProviderAccount } from './bank-provider.js';
import { observationOf } from './observation.js';

const OWNER = { companyId: 'co1', institutionId: 'BNPAFRPP' };
const account: ProviderAccount = {
  providerAccountId: 'a1',
  iban: 'FR7699998000010000000452127',
  number: '00000004521',
  holder: 'ACME',
  name: 'Compte courant',
  type: 'checking',
  currency: 'EUR',
  balance: '1.00',
  status: 'shared',
};
const identitiesOf = (part: Partial<ProviderAccount>, owner = OWNER): readonly string[] => {
  const snapshot = {
    providerConnectionId: 'p1',
    providerUserId: null,
    health: { kind: 'healthy' as const },
    refreshedAt: null,
    consentExpiresAt: null,
    accounts: [{ ...account, ...part }],
  };
  const [seen] = observationOf(snapshot, owner, (identity) => identity.join('|'), '').accounts;
  expect(seen?.ledgerId).toBe(seen?.identities?.[0]);
  return seen?.identities ?? [];
};

describe('a bank account', () => {
  it('is the same under a new id, a new name and a new currency', () => {
    const again = { providerAccountId: 'a7', name: 'Compte pro', currency: null, balance: null };
    expect(identitiesOf(again)).toEqual(identitiesOf({}));
  });

  it('is recognised by its IBAN first, which is the same whoever shares it, then by number, type and holder', () => {
    const [iban, number] = identitiesOf({});
    expect(iban).toBe('iban|FR7699998000010000000452127');
    expect(identitiesOf({}, { ...OWNER, companyId: 'co2' })[0]).toBe(iban);
    expect(identitiesOf({ iban: null, name: 'Compte pro' })).toEqual([number]);
  });

  it.each<[string, Partial<ProviderAccount>, typeof OWNER]>([
    ['another number', { number: '2' }, OWNER],
    ['another type', { type: 'card' }, OWNER],
    ['another holder', { holder: 'Other' }, OWNER],
    ['another company', {}, { ...OWNER, companyId: 'co2' }],
    ['another bank', {}, { ...OWNER, institutionId: 'SOGEFRPP' }],
  ])('without an IBAN is another one with %s', (_, part, owner) =>
    expect(identitiesOf({ iban: null, ...part }, owner)).not.toEqual(identitiesOf({ iban: null })),
  );

  it('without IBAN and number goes by its name', () => {
    const nameless = { iban: null, number: null };
    expect(identitiesOf(nameless)).toEqual(identitiesOf({ ...nameless, providerAccountId: 'a7' }));
    expect(identitiesOf({ ...nameless, name: 'Livret' })).not.toEqual(identitiesOf(nameless));
  });
});
