import formBody from 'node:querystring';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ApiError } from './api/api-error.js';
import { accountRoutes } from './api/accounts.routes.js';
import { authRoutes } from './api/auth.routes.js';
import { connectionRoutes } from './api/connections.routes.js';
import { answerErrors } from './api/error-answers.js';
import { spoilRequests } from './api/spoil-requests.js';
import { transactionRoutes } from './api/transactions.routes.js';
import { userRoutes } from './api/users.routes.js';
import { accountsControl } from './control/accounts.control.js';
import { clockControl } from './control/clock.control.js';
import { connectionsControl } from './control/connections.control.js';
import { BadCall } from './control/input.js';
import { refuseUnknownMembers } from './control/known-members.js';
import { sandboxControl } from './control/sandbox.control.js';
import { scenariosControl } from './control/scenarios.control.js';
import { usersControl } from './control/users.control.js';
import { visitsControl } from './control/visits.control.js';
import type { Timeline } from './clock/timeline.js';
import { handRoutes } from './hand/hand.routes.js';
import type { Sandbox } from './sandbox.js';
import { BadScenario } from './scenario/read-scenario.js';
import { UnknownScenario, type ScenarioBook } from './scenario/scenario-book.js';
import { webviewRoutes } from './webview/webview.routes.js';
import { tinkApi } from './tink/tink-api.js';
import { authProviderRoutes } from './webhooks/auth-providers.routes.js';
import { subscriptionsControl } from './webhooks/subscriptions.control.js';
import type { WebhookOutbox } from './webhooks/webhook-outbox.js';

const BODY_LIMIT = 16 * 1024 * 1024;

const acceptBodies = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, formBody.parse(String(body))),
  );
  app.addContentTypeParser(/^(application|text)\/(x-)?yaml/, { parseAs: 'string' }, (_, body, done) =>
    done(null, { yaml: String(body) }),
  );
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => {
    if (body.length === 0) return done(null, {});
    try {
      return done(null, JSON.parse(String(body)));
    } catch {
      return done(new ApiError(400, 'invalidValue', 'The body is not JSON'));
    }
  });
};

const controlErrors = (error: unknown, _: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const isCallersFault =
    error instanceof BadCall ||
    error instanceof ApiError ||
    error instanceof BadScenario ||
    error instanceof UnknownScenario;
  return reply
    .code(isCallersFault ? 400 : 500)
    .send({ error: error instanceof Error ? error.message : String(error) });
};

export interface ServerParts {
  readonly sandbox: Sandbox;
  readonly outbox: WebhookOutbox;
  readonly timeline: Timeline;
  readonly scenarios: ScenarioBook;
}

/** The provider's API, its hosted pages and the control API on one HTTP server. */
export const buildServer = async ({
  sandbox,
  outbox,
  timeline,
  scenarios,
}: ServerParts): Promise<FastifyInstance> => {
  const app = Fastify({ exposeHeadRoutes: false, forceCloseConnections: true, bodyLimit: BODY_LIMIT });
  acceptBodies(app);
  await app.register(
    async (api) => {
      answerErrors(api, sandbox);
      spoilRequests(api, sandbox);
      for (const routes of [authRoutes, userRoutes, connectionRoutes, accountRoutes, transactionRoutes])
        routes(api, sandbox);
      await api.register(async (scope) => authProviderRoutes(scope, sandbox, 'api-root'), {
        prefix: '/webhooks',
      });
    },
    { prefix: '/2.0' },
  );
  await app.register(
    async (root) => {
      answerErrors(root, sandbox);
      authProviderRoutes(root, sandbox, 'domain-root');
    },
    { prefix: '/webhooks' },
  );
  const tink = tinkApi(app, sandbox);
  await app.register(async (api) => tink.routes(api));
  await app.register(
    async (control) => {
      control.setErrorHandler(controlErrors);
      refuseUnknownMembers(control);
      accountsControl(control, sandbox);
      connectionsControl(control, sandbox);
      sandboxControl(control, sandbox, outbox);
      usersControl(control, sandbox);
      visitsControl(control, sandbox);
      clockControl(control, sandbox, timeline);
      scenariosControl(control, sandbox, scenarios);
      subscriptionsControl(control, sandbox);
      tink.control(control);
    },
    { prefix: '/sandbox' },
  );
  webviewRoutes(app, sandbox);
  handRoutes(app, sandbox, scenarios);
  return app;
};
