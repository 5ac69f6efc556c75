import type { FieldError } from '#contracts';

/** How a refused or failed request looks on the wire. */
export interface RpcProblemBody {
  /** Stable; callers branch on it. */
  readonly code: string;
  /** In words, for people; never a secret. */
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** With `request.invalid`: which members are wrong. */
  readonly errors?: readonly FieldError[];
}

/**
 * What a caller of {@link RpcClient} gets when the answer is no answer: the service's own refusal, or
 * `service.unavailable` (with `details.service`, and `details.reason` `no-responders`: not executed, `timeout`: outcome
 * unknown).
 */
export class RpcProblem extends Error implements RpcProblemBody {
  override readonly name = 'RpcProblem';
  readonly code: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly FieldError[];

  constructor(body: RpcProblemBody, options?: { readonly cause?: unknown }) {
    super(body.message, options);
    this.code = body.code;
    if (body.details) this.details = body.details;
    if (body.errors) this.errors = body.errors;
  }
}

/** The problem that a service sent as `err`, whatever it is made of. */
export const rpcProblemFrom = (err: unknown, subject: string): RpcProblem => {
  const body = (typeof err === 'object' && err !== null ? err : {}) as Partial<RpcProblemBody>;
  return new RpcProblem({
    ...body,
    code: typeof body.code === 'string' ? body.code : 'internal',
    message: typeof body.message === 'string' ? body.message : `${subject} failed: ${JSON.stringify(err)}`,
  });
};
