import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { bodyOf, textOf } from '../api/request-context.js';
import { VISIT_ENDINGS } from '../webview/visits.js';
import { BadCall, numberIn } from './input.js';
import { takes } from './known-members.js';

/** How the next visits of the hosted pages end, whatever the person does there. */
export const visitsControl = (app: FastifyInstance, { visits }: Sandbox): void => {
  app.get('/visits', () => ({ planned: visits.list() }));

  app.post('/visits', takes(['ending', 'times']), (request) => {
    const body = bodyOf(request);
    const ending = textOf(body, 'ending') ?? '';
    if (!/^[a-z][a-z_-]*$/.test(ending))
      throw new BadCall(`"ending" must be ${VISIT_ENDINGS.join(', ')}, or an error code like tos_declined.`);
    visits.plan(ending, numberIn(body, 'times') ?? 1);
    return { planned: visits.list() };
  });

  app.delete('/visits', () => {
    visits.clear();
    return { planned: [] };
  });
};
