import type { StatusTable } from '#platform';

/** HTTP statuses of codes that the general rules would get wrong. */
export const STATUSES: StatusTable = {
  'request.invalid': 400,
  'cursor.invalid': 400,
  'link.unknown-state': 400,
  'link.state-used': 409,
  'link.state-expired': 410,
  'account.unknown': 404,
  'account.unknown-ledger': 422,
  'tenant.forbidden': 403,
  'credentials.refused': 422,
  'credentials.account-not-found': 422,
  'provider.not-configured': 422,
  'provider.failed': 502,
  'delivery.nothing-to-do': 422,
  'delivery.not-understood': 422,
  'idempotency.key-reused': 422,
  'vault.unknown-key': 500,
  internal: 500,
};
