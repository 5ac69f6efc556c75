import { Catch, Logger, type ExceptionFilter } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import { DomainError } from '#kernel';
import { RequestInvalid } from './request-invalid.js';
import { RpcProblem, type RpcProblemBody } from './rpc-problem.js';

/** Translates an error that the house does not know; `undefined`: it stays internal. */
export type TranslateError = (error: unknown) => RpcProblemBody | undefined;

/** What leaves a service when a handler of request/reply fails. What is not meant for callers is logged, not sent. */
@Catch()
export class RpcProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('RequestReply');

  constructor(private readonly translate: TranslateError = () => undefined) {}

  catch(error: unknown): Observable<never> {
    const body = this.bodyOf(error);
    return throwError(() => body);
  }

  private bodyOf(error: unknown): RpcProblemBody {
    const known = this.translate(error) ?? knownBody(error);
    if (known) return known;
    this.logger.error(error);
    return { code: 'internal', message: 'Internal error' };
  }
}

const knownBody = (error: unknown): RpcProblemBody | undefined => {
  if (error instanceof DomainError) {
    return { code: error.code, message: error.message, details: error.details };
  }
  if (error instanceof RequestInvalid) {
    return { code: 'request.invalid', message: error.message, errors: error.errors };
  }
  if (error instanceof RpcProblem) {
    const { code, message, details, errors } = error;
    return { code, message, ...(details ? { details } : {}), ...(errors ? { errors } : {}) };
  }
  if (error instanceof RpcException) {
    const body: unknown = error.getError();
    return typeof body === 'object' && body !== null && 'code' in body && 'message' in body
      ? (body as RpcProblemBody)
      : undefined;
  }
  return undefined;
};
