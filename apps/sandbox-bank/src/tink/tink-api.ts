import type { FastifyInstance } from 'fastify';
import { bodyOf, textOf } from '../api/request-context.js';
import { BadCall } from '../control/input.js';
import { takes } from '../control/known-members.js';
import type { Sandbox } from '../sandbox.js';
import { ClientTokens, tokenRoute } from './client-tokens.js';
import { answerTinkErrors } from './tink-error.js';
import { TinkWebhooks } from './tink-webhooks.js';
import { webhookEndpointRoutes } from './webhook-endpoints.routes.js';
import { WebhookEndpoints } from './webhook-endpoints.js';

const objectIn = (body: Record<string, unknown>, name: string): object => {
  const value = body[name] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new BadCall(`"${name}" must be an object.`);
  return value;
};

const tinkControl = (app: FastifyInstance, webhooks: TinkWebhooks): void => {
  app.post('/tink/events', takes(['event', 'content', 'context']), (request) => {
    const body = bodyOf(request);
    const event = textOf(body, 'event');
    if (event === undefined) throw new BadCall('"event" must be an event such as refresh:finished.');
    const message = { context: objectIn(body, 'context'), content: objectIn(body, 'content') };
    return { deliveries: webhooks.emit(event, message).map(({ id }) => id) };
  });

  app.get('/tink/deliveries', () => ({ deliveries: webhooks.deliveries }));
};

/** Tink's webhook endpoints with the client token that they need, and the control calls that make it send something. */
export const tinkApi = (app: FastifyInstance, sandbox: Sandbox) => {
  const endpoints = new WebhookEndpoints(sandbox);
  const webhooks = new TinkWebhooks(sandbox, endpoints);
  app.addHook('onClose', async () => webhooks.stop());
  return {
    routes: (scope: FastifyInstance): void => {
      const tokens = new ClientTokens(sandbox);
      answerTinkErrors(scope);
      tokenRoute(scope, sandbox, tokens);
      webhookEndpointRoutes(scope, tokens, endpoints);
    },
    control: (scope: FastifyInstance): void => tinkControl(scope, webhooks),
  };
};
