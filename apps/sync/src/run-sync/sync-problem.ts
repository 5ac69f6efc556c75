import { ACCOUNT_AMBIGUOUS, NO_ACCOUNT_TRACKED } from '#domain';
import { DomainError, errorText } from '#kernel';
import { ProviderError } from '#providers';
import { ProviderNotConfigured } from '#service';

/** Why a run ends without success: a stable code, and words with a next step. */
export class SyncProblem extends Error {
  override readonly name = 'SyncProblem';
  constructor(
    readonly code: string,
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, options);
  }
}

export const disconnectedMeanwhile = (): SyncProblem =>
  new SyncProblem(
    'connection.disconnected',
    'The connection was disconnected while it was being synchronised; nothing more was imported.',
  );

/** The provider has deleted the connection, or the user that held it. */
export class ConnectionGone extends SyncProblem {
  constructor(cause: unknown) {
    super(
      'connection.gone',
      'The provider has deleted this connection, so it is disconnected here as well; what was imported stays. Open it again to use it.',
      { cause },
    );
  }
}

/** Why there is nothing to import, by what the connection says of its accounts. */
export const nothingTracked = (code?: string): SyncProblem => {
  if (code === ACCOUNT_AMBIGUOUS) {
    return new SyncProblem(
      code,
      'Several accounts of the bank could be the one of this connection, so nothing was imported. See GET /v1/connections/{id}/accounts and decide with PUT.',
    );
  }
  if (code === NO_ACCOUNT_TRACKED) {
    return new SyncProblem(
      code,
      'Every account of this connection is ignored. Track one with PUT /v1/connections/{id}/accounts/{id}.',
    );
  }
  return accountNotFound();
};

/** All is not well with the provider's view of the bank, and it shows none of the accounts that we import. */
export const accountsHidden = (): SyncProblem =>
  new SyncProblem(
    'account.hidden',
    'The provider shows none of the accounts while its link to the bank is disturbed; nothing was read, and nothing is taken as gone. The next sync looks again.',
  );

const accountNotFound = (): SyncProblem =>
  new SyncProblem(
    'account.not-found',
    'The linked bank shares no account with the IBAN of this connection. Link again and tick that account.',
  );

const NEXT_STEP: Readonly<Record<ProviderError['kind'], string>> = {
  retry: 'The provider does not answer properly; the next sync tries again by itself.',
  'retry-after': 'The provider asks us to wait; the next sync tries again by itself.',
  'needs-user': 'The holder of the account must link the bank again.',
  permanent: 'It will not heal by itself: check the provider credentials, then link the bank again.',
  bug: 'The provider answered something unexpected; tell the operator, with the id of this run.',
};

/** The operator must mend it, and no attempt before that can succeed: history says so at once. */
const isMisconfigured = (error: unknown): error is DomainError | ProviderNotConfigured =>
  error instanceof ProviderNotConfigured ||
  (error instanceof DomainError && error.code === 'vault.unknown-key');

/**
 * The problem as history shows it. Anything that is neither the provider's failure nor a fault of our settings is not
 * for history: it is thrown on.
 */
export const problemOf = (error: unknown): SyncProblem | undefined => {
  if (error instanceof SyncProblem) return error;
  if (isMisconfigured(error)) return new SyncProblem(error.code, error.message, { cause: error });
  if (!(error instanceof ProviderError)) return undefined;
  return new SyncProblem(error.code, `${errorText(error)} ${NEXT_STEP[error.kind]}`, { cause: error });
};

/** The provider has not finished its first look at the bank: what it shows now is nothing, or a part. */
export class FirstLookPending extends Error {
  override readonly name = 'FirstLookPending';
}

/** Whether waiting alone may cure it. */
export const isPassing = (error: unknown): error is ProviderError =>
  error instanceof ProviderError && (error.kind === 'retry' || error.kind === 'retry-after');

/** Who must act on the connection so that it works again; `undefined` for what is no fault of the connection. */
export const connectionProblemOf = (
  error: unknown,
): { readonly code: string; readonly owner: 'user' | 'nobody' } | undefined => {
  // Our own credentials at the provider are wrong: that is the operator's, and says nothing of one connection.
  if (!(error instanceof ProviderError) || error.code.endsWith('.client-refused')) return undefined;
  if (error.kind === 'needs-user') return { code: error.code, owner: 'user' };
  return error.kind === 'permanent' ? { code: error.code, owner: 'nobody' } : undefined;
};
