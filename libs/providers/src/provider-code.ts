export type ProviderName = 'powens' | 'tink';

/** What went wrong at a provider, whichever it is. The words of each, in every language: `libs/contracts/src/problems`. */
export type ProviderReason =
  | 'action-needed'
  | 'bank-message'
  | 'bank-unavailable'
  | 'budget-spent'
  | 'budget-unknown'
  | 'client-refused'
  | 'config-token-refused'
  | 'configuration'
  | 'conflict'
  | 'connection-locked'
  | 'foreign-link'
  | 'invalid-request'
  | 'no-account'
  | 'not-found'
  | 'not-linked'
  | 'not-supported'
  | 'outcome-unknown'
  | 'rate-limited'
  | 'redirect-uri'
  | 'redirected'
  | 'scope-missing'
  | 'server-error'
  | 'timeout'
  | 'token-refused'
  | 'too-many-syncs'
  | 'unavailable'
  | 'unreachable'
  | 'unreadable-answer'
  | 'user-id'
  | 'user-unknown'
  | 'webhook-exists'
  | 'webhook-secret-lost'
  | 'wrong-password';

/** The code of a {@link ProviderError}: stable, callers branch on it. */
export type ProviderCode = `${ProviderName}.${ProviderReason}` | 'connection.no-access';
