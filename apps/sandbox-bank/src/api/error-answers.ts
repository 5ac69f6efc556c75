import type { Sandbox } from '../sandbox.js';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ApiError, notFound } from './api-error.js';

const sendError = ({ chance }: Sandbox, reply: FastifyReply, error: ApiError): FastifyReply =>
  reply
    .code(error.status)
    .headers({ ...error.headers })
    .send({
      code: error.code,
      description: error.description,
      message: null,
      request_id: chance.bytes(4).toString('hex'),
    });

/** Every refusal in the provider's envelope (§10.1), also for unknown paths and methods. */
export const answerErrors = (api: FastifyInstance, sandbox: Sandbox): void => {
  const methods = new Map<string, Set<string>>();
  api.addHook('onRoute', ({ path, method }) => {
    const known = methods.get(path) ?? new Set();
    for (const name of [method].flat()) known.add(name);
    methods.set(path, known);
  });
  api.setErrorHandler((error, _, reply) => {
    if (error instanceof ApiError) return sendError(sandbox, reply, error);
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    const text = error instanceof Error ? error.message : String(error);
    return sendError(sandbox, reply, new ApiError(status, status < 500 ? 'invalidValue' : 'bug', text));
  });
  api.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const isKnown = [...methods.keys()].some((pattern) =>
      new RegExp(`^${pattern.replaceAll('.', '[.]').replace(/:\w+/g, '[^/]+')}$`).test(path),
    );
    return sendError(
      sandbox,
      reply,
      isKnown ? new ApiError(405, 'methodNotAllowed', 'Method not supported here') : notFound(),
    );
  });
};
