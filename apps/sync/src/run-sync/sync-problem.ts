import { type ProblemCode, type ProblemParameters, problemText } from '#contracts';
import { ACCOUNT_AMBIGUOUS, ACCOUNT_NOT_FOUND, NO_ACCOUNT_TRACKED } from '#domain';
import { DomainError, errorText, storableText } from '#kernel';
import { ProviderError } from '#providers';
import { ProviderNotConfigured } from '#service';
import { timedOut } from '../run-deadline.js';

/** Why a run ends without success: a stable code, what its words need beside it, and these words in English. */
export class SyncProblem extends Error {
  override readonly name = 'SyncProblem';
  constructor(
    readonly code: ProblemCode,
    readonly parameters: ProblemParameters = {},
    options: ErrorOptions = {},
  ) {
    super(problemText({ code, parameters }, 'en') ?? code, options);
  }
}

export const disconnectedMeanwhile = (): SyncProblem => new SyncProblem('connection.disconnected');

/** The provider has deleted the connection, or the user that held it. */
export class ConnectionGone extends SyncProblem {
  constructor(cause: unknown) {
    super('connection.gone', {}, { cause });
  }
}

/** Why there is nothing to import, by what the connection says of its accounts. */
export const nothingTracked = (code?: string): SyncProblem =>
  new SyncProblem(code === ACCOUNT_AMBIGUOUS || code === NO_ACCOUNT_TRACKED ? code : ACCOUNT_NOT_FOUND);

/** The run has taken as long as it may. */
export class RunOverdue extends SyncProblem {
  constructor(deadlineMs: number) {
    const { code, parameters } = timedOut(deadlineMs);
    super(code, parameters);
  }
}

/** All is not well with the provider's view of the bank, and it shows none of the accounts that we import. */
export const accountsHidden = (): SyncProblem => new SyncProblem('account.hidden');

/**
 * The problem as history shows it. Anything that is neither the provider's failure nor a fault of our settings is not
 * for history: it is thrown on.
 */
export const problemOf = (error: unknown): SyncProblem | undefined => {
  if (error instanceof SyncProblem) return error;
  // The operator must mend these, and no attempt before that can succeed: history says so at once.
  if (error instanceof ProviderNotConfigured) {
    return new SyncProblem(error.code, { detail: error.message }, { cause: error });
  }
  if (error instanceof DomainError && error.code === 'vault.unknown-key') {
    return new SyncProblem(error.code, {}, { cause: error });
  }
  if (!(error instanceof ProviderError)) return undefined;
  return new SyncProblem(error.code, { detail: storableText(errorText(error)) }, { cause: error });
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
