import { STATUS_CODES } from 'node:http';

export interface FieldError {
  /** Path of the field, `credentials.accessToken`, `items.0.name`. */
  readonly field: string;
  readonly message: string;
  /** Apps that tell faults in several languages know them by a code, and by what the words name beside it. */
  readonly code?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The body of an error answer: RFC 9457, `application/problem+json`. May carry further members of its code. */
export interface Problem {
  readonly type: 'about:blank';
  /** The status in words. */
  readonly title: string;
  readonly status: number;
  /** What was refused, and what to do. */
  readonly detail: string;
  /** Stable; callers branch on it. */
  readonly code: string;
  readonly errors?: readonly FieldError[];
  readonly [member: string]: unknown;
}

export interface ProblemParts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[] | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Tells a problem in a language that its caller likes, by the request's `Accept-Language`. */
export type ProblemTeller = (
  problem: Problem,
  acceptLanguage: string | undefined,
) => { readonly problem: Problem; readonly language: string };

/** For apps whose callers are programs. */
export const asItIs: ProblemTeller = (problem) => ({ problem, language: 'en' });

export const problem = ({ status, code, detail, errors, details }: ProblemParts): Problem => ({
  ...details,
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  code,
  ...(errors ? { errors } : {}),
});
