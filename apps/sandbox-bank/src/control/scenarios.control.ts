import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { connectionView, findConnection } from '../aggregator/connections.js';
import { bodyOf, queryOf } from '../api/request-context.js';
import { parseScenario, readScenario } from '../scenario/read-scenario.js';
import { randomScenario } from '../scenario/random-scenario.js';
import type { ScenarioBook } from '../scenario/scenario-book.js';
import { BadCall, choiceIn, numberIn, onlyMembers } from './input.js';
import { takes } from './known-members.js';

interface ById {
  readonly Params: { readonly id: string };
}

/** Scenarios: loaded from YAML or JSON, linked, and asked where they stand. */
export const scenariosControl = (app: FastifyInstance, sandbox: Sandbox, book: ScenarioBook): void => {
  app.get('/scenarios', () => ({ scenarios: book.list() }));

  app.post('/scenarios', takes('checked-by-route', ['clock']), (request) => {
    const body = bodyOf(request);
    const [wrapped] = ['yaml', 'scenario'].filter((name) => name in body);
    if (wrapped !== undefined) onlyMembers(body, [wrapped, 'clock']);
    const clock = wrapped === undefined ? undefined : choiceIn(body, 'clock', ['keep']);
    const keepClock = (choiceIn(queryOf(request), 'clock', ['keep']) ?? clock) === 'keep';
    const scenario =
      typeof body.yaml === 'string' ? parseScenario(body.yaml) : readScenario(body.scenario ?? body);
    return book.view(book.load(scenario, { keepClock }));
  });

  app.get('/scenarios/random', takes([], ['seed']), (request) =>
    randomScenario(queryOf(request).seed ?? '1'),
  );

  app.get<ById>('/scenarios/:id', (request) => book.view(request.params.id));

  app.post<ById>('/scenarios/:id/link', takes(['userId']), (request) => {
    const userId = numberIn(bodyOf(request), 'userId') ?? 0;
    if (!sandbox.store.first('SELECT 1 FROM users WHERE id = ?', userId))
      throw new BadCall('There is no such user; give "userId".');
    const id = book.link(request.params.id, userId);
    const connection = findConnection(sandbox, id);
    return connection ? connectionView(sandbox, connection) : {};
  });
};
