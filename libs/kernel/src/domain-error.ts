import type { RefusalCode } from './refusal-code.js';

/**
 * A broken rule of the domain. `code` is `<stream>.<reason>` (for example `sync.not-running`) and is stable: callers
 * branch on it. `message` says in words what was refused and what to do; it never contains a secret.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: RefusalCode,
    message: string,
    /** Plain JSON that helps the caller, such as the id of what already exists. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
