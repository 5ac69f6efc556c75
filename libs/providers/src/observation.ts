import type { AccountFacts, ObserveProvider } from '#domain';
import type { ConnectionSnapshot, ProviderAccount } from './bank-provider.js';

/**
 * What makes a bank account the same one, however often the provider re-creates it: its IBAN; else number, type and
 * name together.
 */
const identityOf = ({ iban, number, type, name }: ProviderAccount): readonly string[] =>
  iban === null ? ['account', number ?? '', type, name] : ['iban', iban];

const factsOf = (
  account: ProviderAccount,
  ledgerIdOf: (identity: readonly string[]) => string,
): AccountFacts => ({
  providerAccountId: account.providerAccountId,
  ledgerId: ledgerIdOf(identityOf(account)),
  iban: account.iban,
  name: account.name,
  accountType: account.type,
  currency: account.currency,
  sharing: account.status,
});

/** The provider's view of a connection, as the command that lets the connection notice what changed. */
export const observationOf = (
  snapshot: ConnectionSnapshot,
  ledgerIdOf: (identity: readonly string[]) => string,
  now: string,
): ObserveProvider => ({
  type: 'ObserveProvider',
  problem:
    snapshot.health.kind === 'broken' ? { code: snapshot.health.code, owner: snapshot.health.owner } : null,
  consentExpiresAt: snapshot.consentExpiresAt,
  accounts: snapshot.accounts.map((account) => factsOf(account, ledgerIdOf)),
  now,
});
