import { fieldError } from '#contracts';
import { DomainError } from '#kernel';
import type { DecideOnAccountRequest } from './decide-on-account.request.js';

/**
 * What the caller decided about a bank account.
 * @throws {DomainError} `request.invalid`: a ledger is named, and nothing is to be mapped into it
 */
export const decisionOf = ({ action, accountId, ledgerId }: DecideOnAccountRequest) => {
  if (ledgerId !== undefined && action !== 'map') {
    const errors = [fieldError('ledgerId', 'field.only-to-map')];
    throw new DomainError('request.invalid', 'The request is not valid. See errors.', { errors });
  }
  return { action, accountId: accountId ?? null, ledgerId: ledgerId ?? null };
};
