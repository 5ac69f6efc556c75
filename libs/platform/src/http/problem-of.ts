import type { RefusalCode } from '#kernel';
import { HttpException } from '@nestjs/common';
import { type FieldError, type Problem, problem } from './problem.js';
import { type StatusTable, statusOfCode } from './problem-status.js';

const DOMAIN_CODE = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/;

const HTTP_CODES: Readonly<Record<number, RefusalCode>> = {
  400: 'request.invalid',
  401: 'request.unauthorized',
  403: 'request.forbidden',
  404: 'route.not-found',
  405: 'request.method-not-allowed',
  406: 'request.not-acceptable',
  413: 'request.too-large',
  415: 'request.unsupported-media-type',
  429: 'request.too-many',
  503: 'service.unavailable',
};

/** The members by which a domain error is known, whether it was thrown here or came over NATS as plain JSON. */
interface Coded {
  readonly code: string;
  readonly message: string;
  readonly errors?: readonly FieldError[];
  readonly details?: Readonly<Record<string, unknown>>;
}

const isCoded = (error: unknown): error is Coded =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  DOMAIN_CODE.test(error.code) &&
  'message' in error &&
  typeof error.message === 'string';

const ofHttpException = (error: HttpException, table: StatusTable): Problem => {
  const status = error.getStatus();
  const body = error.getResponse();
  if (isCoded(body)) return problem({ ...body, status: table[body.code] ?? status, detail: body.message });
  const code: RefusalCode = HTTP_CODES[status] ?? (status >= 500 ? 'internal' : 'request.refused');
  return problem({ status, code, detail: error.message });
};

const isUnavailable = (error: unknown): boolean =>
  error instanceof Error && error.name.endsWith('Unavailable');

/** The problem that an error means to the caller; `null` when it is none of the caller's: unexpected. */
export const problemOf = (error: unknown, table: StatusTable): Problem | null => {
  if (error instanceof HttpException) return ofHttpException(error, table);
  if (isCoded(error)) {
    const { code, message, errors, details } = error;
    return problem({ status: statusOfCode(code, table), code, detail: message, errors, details });
  }
  if (isUnavailable(error)) {
    const detail = 'A part of the service cannot be reached at the moment. Try again shortly.';
    return problem({ status: 503, code: 'service.unavailable', detail });
  }
  return null;
};
