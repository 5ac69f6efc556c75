import { DomainError } from '#kernel';
import { correlation } from '#platform';
import {
  type CanActivate, createParamDecorator, type ExecutionContext, Injectable, SetMetadata, UnauthorizedException,
} from '@nestjs/common'; // prettier-ignore
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type Caller, Callers } from './callers.js';

const PUBLIC = 'passerelle:public';
const BEARER = /^Bearer +(\S+)$/i;

/** For what a browser calls without a key. */
export const Public = (): MethodDecorator => SetMetadata(PUBLIC, true);

type WithCaller = FastifyRequest & { caller?: Caller };

/** The caller of the request at hand. */
export const CallerOf = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<WithCaller>();
  if (!caller) throw new DomainError('request.unauthorized', 'This call needs an API key.');
  return caller;
});

/** Every route needs `Authorization: Bearer <api key>`, unless it is marked public. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  readonly #callers: Callers;
  readonly #reflector: Reflector;

  constructor(callers: Callers, reflector: Reflector) {
    this.#callers = callers;
    this.#reflector = reflector;
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.#reflector.get<boolean | undefined>(PUBLIC, context.getHandler())) return true;
    const request = context.switchToHttp().getRequest<WithCaller>();
    const [, key] = BEARER.exec(request.headers.authorization ?? '') ?? [];
    const caller = key === undefined ? undefined : this.#callers.find(key);
    if (!caller) {
      throw new UnauthorizedException('Send a valid API key: "Authorization: Bearer <api key>".');
    }
    request.caller = caller;
    correlation.amend({ actor: `api-key:${caller.name}` });
    return true;
  }
}
