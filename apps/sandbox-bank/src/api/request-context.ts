import type { FastifyRequest } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { findToken, type StoredToken } from '../aggregator/tokens.js';
import { invalidValue, missingParameter, notFound, unauthorized } from './api-error.js';

export type Query = Readonly<Record<string, string | undefined>>;

export const queryOf = (request: FastifyRequest): Query =>
  Object.fromEntries(
    Object.entries(request.query as Record<string, string | string[]>).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.at(-1) : value,
    ]),
  );

/** The body as an object, whether it came as JSON, as a form or not at all. */
export const bodyOf = (request: FastifyRequest): Record<string, unknown> =>
  typeof request.body === 'object' && request.body !== null ? (request.body as Record<string, unknown>) : {};

/** A text of the body; numbers are taken as texts, empty ones as absent. */
export const textOf = (body: Record<string, unknown>, name: string): string | undefined => {
  const value = body[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export const requiredText = (body: Record<string, unknown>, name: string): string => {
  const value = textOf(body, name);
  if (value === undefined) throw missingParameter(name);
  return value;
};

/** `true`, `"true"`, `1` and `"1"`; `undefined` where the name is absent. */
export const booleanOf = (body: Record<string, unknown>, name: string): boolean | undefined => {
  const value = body[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (value === true || value === 'true' || value === 1 || value === '1') return true;
  if (value === false || value === 'false' || value === 0 || value === '0') return false;
  throw invalidValue(name, 'must be a boolean');
};

export const bearerToken = (sandbox: Sandbox, request: FastifyRequest): StoredToken | undefined => {
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return token === undefined ? undefined : findToken(sandbox, token);
};

/** The user whose token the request carries; the path must name that user, by id or as `me`. */
export const userOf = (sandbox: Sandbox, request: FastifyRequest): number => {
  const token = bearerToken(sandbox, request);
  if (!token || token.kind === 'single-code') throw unauthorized();
  const { userId } = request.params as { userId?: string };
  if (userId !== undefined && userId !== 'me' && userId !== String(token.id_user)) throw notFound();
  return token.id_user;
};

export const idOf = (request: FastifyRequest, name: string): number => {
  const text = (request.params as Record<string, string>)[name] ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound();
  return Number(text);
};
