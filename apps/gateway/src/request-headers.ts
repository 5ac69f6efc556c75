import { DomainError } from '#kernel';
import type { FastifyRequest } from 'fastify';

const MAX_KEY = 200;

/** The `Idempotency-Key` of a request, `undefined` without one. @throws {DomainError} `request.invalid` */
export const idempotencyKey = (request: FastifyRequest): string | undefined => {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key.length > 0 && key.length <= MAX_KEY) return key;
  throw new DomainError('request.invalid', `An Idempotency-Key has 1 to ${MAX_KEY} characters.`);
};
