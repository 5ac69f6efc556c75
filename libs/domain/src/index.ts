export * from './bank-transaction.js';
export * from './provider-notice.js';
export * from './connection/connection.js';
export * from './connection/connection.commands.js';
export * from './connection/connection.events.js';
export * from './connection/connection.state.js';
export { CONSENT_WARNED_FROM_DAYS, warnOfConsent } from './connection/consent.js';
export { isFarBehind, LEAST_SILENCE_MS, PROVIDER_SILENT, silentSince } from './connection/silence.js';
export { isOwnUser, isSameLink, tokensInUse } from './connection/ending.js';
export { usableAttempt } from './connection/link.js';
export { ledgersInReach } from './connection/decide-on-account.js';
export type { LedgerUse } from './connection/ledger-use.js';
export {
  ACCOUNT_AMBIGUOUS,
  ACCOUNT_NOT_FOUND,
  accountProblem,
  candidatesFor,
  type Followed,
  followedAccounts,
  identitiesOf,
  isSameAccount,
  NO_ACCOUNT_TRACKED,
  problemOwner,
} from './connection/follow-accounts.js';
export * from './delivery/delivery.js';
export * from './delivery/delivery.events.js';
export { countsInTotals, dayOf, fingerprintOf, wordOf } from './ledger/content.js';
export * from './ledger/ledger.js';
export * from './ledger/ledger.events.js';
export * from './ledger/ledger.state.js';
export * from './ledger/portions.js';
export * from './sync/sync.js';
export * from './sync/refresh.js';
export * from './sync/sync.events.js';
export * from './sync/sync.state.js';
export * from './webhook-keys/webhook-keys.js';
export * from './webhook-keys/webhook-keys.events.js';
