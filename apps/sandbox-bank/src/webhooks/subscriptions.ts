import type { Settings } from '../settings.js';
import type { Store } from '../store.js';

/** Where an event goes, and what signs it; without a secret the user's token goes along as bearer. */
export interface Listener {
  readonly url: string;
  readonly secret: string | null;
}

export interface Subscription {
  readonly event: string;
  readonly url: string;
  /** `null`: signed as the settings say. */
  readonly authProviderId: number | null;
}

export const subscribe = (store: Store, { event, url, authProviderId }: Subscription): void => {
  store.run(
    'INSERT OR REPLACE INTO webhook_subscriptions (event, url, id_auth) VALUES (?, ?, ?)',
    event,
    url,
    authProviderId,
  );
};

export const unsubscribe = (store: Store, event: string): boolean =>
  store.run('DELETE FROM webhook_subscriptions WHERE event = ?', event).changes > 0;

export const subscriptions = (store: Store): Subscription[] =>
  store.all('SELECT event, url, id_auth AS authProviderId FROM webhook_subscriptions ORDER BY event');

const pathOf = (event: string): string => event.toLowerCase().replaceAll('_', '-');

/** The webhook that was registered for this very event, else the settings' one for all events; `null`: nobody listens. */
export const listenerOf = (
  store: Store,
  { webhookUrl, webhookSecret }: Pick<Settings, 'webhookUrl' | 'webhookSecret'>,
  event: string,
): Listener | null => {
  const own = store.first<Listener>(
    `SELECT url, secret_key AS secret FROM webhook_subscriptions
     LEFT JOIN webhook_auth_providers ON id = id_auth WHERE event = ?`,
    event,
  );
  if (own) return { url: own.url, secret: own.secret ?? webhookSecret };
  if (webhookUrl === null) return null;
  return { url: `${webhookUrl.replace(/\/$/, '')}/${pathOf(event)}`, secret: webhookSecret };
};
