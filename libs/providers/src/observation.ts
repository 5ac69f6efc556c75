import type { AccountFacts, ObserveProvider } from '#domain';
import type { ConnectionSnapshot, ProviderAccount } from './bank-provider.js';

/** Whose accounts they are, and at which bank: without an IBAN, numbers and names repeat among those of others. */
export interface AccountOwner {
  readonly companyId: string;
  readonly institutionId: string;
}

/**
 * What makes a bank account the same one, however often the provider re-creates it: its IBAN; else number, type and
 * holder; else, where even the number is missing, type, name and holder. The strongest first.
 */
const identitiesOf = (
  { iban, number, type, name, holder }: ProviderAccount,
  { companyId, institutionId }: AccountOwner,
): readonly (readonly string[])[] => {
  const ours = [companyId, institutionId, type, holder ?? ''];
  const byNumber = number === null ? [] : [['account', ...ours, number]];
  if (iban !== null) return [['iban', iban], ...byNumber];
  return number === null ? [['unnumbered', ...ours, name]] : byNumber;
};

const factsOf = (account: ProviderAccount, identities: readonly string[]): AccountFacts => ({
  providerAccountId: account.providerAccountId,
  ledgerId: identities[0] ?? account.providerAccountId,
  iban: account.iban,
  name: account.name,
  accountType: account.type,
  currency: account.currency,
  identities,
  sharing: account.status,
});

const waitingOf = (health: ConnectionSnapshot['health']): ObserveProvider['waiting'] => {
  if (health.kind !== 'waiting' || health.owner === undefined || health.patienceMs === undefined) return null;
  const { code, owner, patienceMs } = health;
  return { code, owner, patienceMs };
};

/** The provider's view of a connection, as the command that lets the connection notice what changed. */
export const observationOf = (
  snapshot: ConnectionSnapshot,
  owner: AccountOwner,
  ledgerIdOf: (identity: readonly string[]) => string,
  now: string,
): ObserveProvider => ({
  type: 'ObserveProvider',
  problem:
    snapshot.health.kind === 'broken' ? { code: snapshot.health.code, owner: snapshot.health.owner } : null,
  isHealthy: snapshot.health.kind === 'healthy',
  waiting: waitingOf(snapshot.health),
  nextTryAt: snapshot.nextTryAt ?? null,
  refreshedAt: snapshot.refreshedAt,
  automaticRefresh: snapshot.automaticRefresh ?? null,
  consentExpiresAt: snapshot.consentExpiresAt,
  accounts: snapshot.accounts.map((account) =>
    factsOf(account, identitiesOf(account, owner).map(ledgerIdOf)),
  ),
  now,
});
