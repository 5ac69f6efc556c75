import type { FastifyInstance } from 'fastify';
import { bodyOf, textOf } from '../api/request-context.js';
import { BadCall, numberIn } from '../control/input.js';
import { takes } from '../control/known-members.js';
import type { Sandbox } from '../sandbox.js';
import { isAuthProvider } from './auth-providers.js';
import { subscribe, subscriptions, unsubscribe } from './subscriptions.js';

/** The part of the provider's console that registers webhooks: one URL per event, signed by an auth provider. */
export const subscriptionsControl = (app: FastifyInstance, { store }: Sandbox): void => {
  app.get('/webhooks/subscriptions', () => ({ subscriptions: subscriptions(store) }));

  app.post('/webhooks/subscriptions', takes(['event', 'url', 'authProviderId']), (request) => {
    const body = bodyOf(request);
    const [event = '', url = ''] = [textOf(body, 'event'), textOf(body, 'url')];
    if (!/^[A-Z]+(_[A-Z]+)*$/.test(event))
      throw new BadCall('"event" must be an event such as CONNECTION_SYNCED.');
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new BadCall('"url" must be an address.');
    const authProviderId = body.authProviderId === null ? null : (numberIn(body, 'authProviderId') ?? null);
    if (authProviderId !== null && !isAuthProvider(store, authProviderId))
      throw new BadCall(`There is no auth provider ${authProviderId}.`);
    subscribe(store, { event, url, authProviderId });
    return { subscriptions: subscriptions(store) };
  });

  app.delete('/webhooks/subscriptions/:event', (request) => ({
    removed: unsubscribe(store, (request.params as { event: string }).event),
  }));
};
