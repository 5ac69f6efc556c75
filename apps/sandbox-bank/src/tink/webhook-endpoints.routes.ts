import type { FastifyInstance } from 'fastify';
import { bodyOf, queryOf, textOf } from '../api/request-context.js';
import type { ClientTokens } from './client-tokens.js';
import { badRequest } from './tink-error.js';
import type { EndpointFields, WebhookEndpoint, WebhookEndpoints } from './webhook-endpoints.js';

const SCOPE = 'webhook-endpoints';
const PATH = '/events/v2/webhook-endpoints';
const DEFAULT_PAGE = 20;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

type Body = Readonly<Record<string, unknown>>;

/** `https` only, as documented; `http` to this very machine, where the sandbox lives. */
const urlIn = (body: Body): string => {
  const text = textOf(body, 'url') ?? '';
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLocal = url?.protocol === 'http:' && LOOPBACK.includes(url.hostname);
  if (url?.protocol !== 'https:' && !isLocal) throw badRequest('url must be an https address');
  return text;
};

const eventsIn = ({ enabledEvents }: Body): string[] => {
  const isList = Array.isArray(enabledEvents) && enabledEvents.length > 0;
  if (!isList || enabledEvents.some((event) => typeof event !== 'string' || event === ''))
    throw badRequest('enabledEvents must be a list of event names');
  return enabledEvents as string[];
};

const fieldsIn = (body: Body): Partial<EndpointFields> => ({
  ...(body.url !== undefined && { url: urlIn(body) }),
  ...(body.enabledEvents !== undefined && { enabledEvents: eventsIn(body) }),
  ...(body.description !== undefined && { description: textOf(body, 'description') ?? null }),
  ...(body.disabled !== undefined && { disabled: body.disabled === true }),
});

const shown = ({ id, url, enabledEvents, description, disabled, createdMs, updatedMs }: WebhookEndpoint) => ({
  id,
  url,
  enabledEvents,
  description,
  disabled,
  createdAt: new Date(createdMs).toISOString(),
  updatedAt: new Date(updatedMs).toISOString(),
});

/** §8.1: the secret is in the answer to the creation and nowhere else. */
export const webhookEndpointRoutes = (
  app: FastifyInstance,
  tokens: ClientTokens,
  endpoints: WebhookEndpoints,
): void => {
  app.post(PATH, (request) => {
    tokens.demand(request, SCOPE);
    const body = bodyOf(request);
    const fields = { description: null, disabled: false, ...fieldsIn(body) };
    const endpoint = endpoints.create({ ...fields, url: urlIn(body), enabledEvents: eventsIn(body) });
    return { ...shown(endpoint), secret: endpoint.secret };
  });

  app.get(PATH, (request) => {
    tokens.demand(request, SCOPE);
    const { pageSize, pageToken } = queryOf(request);
    const size = Number(pageSize ?? DEFAULT_PAGE);
    const from = Number(pageToken ?? 0);
    if (![size, from].every(Number.isInteger) || size < 1 || size > 100 || from < 0)
      throw badRequest('pageSize or pageToken is not valid');
    const all = endpoints.all();
    const next = from + size < all.length ? String(from + size) : '';
    return { webhookEndpoints: all.slice(from, from + size).map(shown), nextPageToken: next };
  });

  app.patch(`${PATH}/:id`, (request) => {
    tokens.demand(request, SCOPE);
    const changes = bodyOf(request).webhookEndpoint;
    if (typeof changes !== 'object' || changes === null) throw badRequest('webhookEndpoint is required');
    if ('secret' in changes) throw badRequest('secret cannot be changed');
    return shown(endpoints.change((request.params as { id: string }).id, fieldsIn(changes as Body)));
  });

  app.delete(`${PATH}/:id`, (request) => {
    tokens.demand(request, SCOPE);
    endpoints.remove((request.params as { id: string }).id);
    return {};
  });
};
