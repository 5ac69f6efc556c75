import type { FastifyInstance } from 'fastify';
import { bodyOf, queryOf } from '../api/request-context.js';
import { BadCall, onlyMembers } from './input.js';

interface Members {
  /** Members that the body may have; `checked-by-route`: the route judges them itself. None where left out. */
  readonly body?: readonly string[] | 'checked-by-route';
  /** Parameters that the address may have. None where left out. */
  readonly query?: readonly string[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly members?: Members;
  }
}

/** What a call of the control API may be told; for the options of its route. */
export const takes = (
  body: NonNullable<Members['body']>,
  query: readonly string[] = [],
): { config: { members: Members } } => ({ config: { members: { body, query } } });

/**
 * A call that tells something its route does not know is refused. Passed over in silence, a misspelt member would let a
 * test go without the trouble that it asked for, and pass.
 */
export const refuseUnknownMembers = (control: FastifyInstance): void => {
  control.addHook('preHandler', async (request) => {
    const { body = [], query = [] } = request.routeOptions.config.members ?? {};
    onlyMembers(queryOf(request), query, 'in the address');
    if (body === 'checked-by-route') return;
    if (Array.isArray(request.body) || (request.body !== undefined && typeof request.body !== 'object'))
      throw new BadCall('The body must be an object.');
    onlyMembers(bodyOf(request), body);
  });
};
