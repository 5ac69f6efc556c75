import { Secret } from '#kernel';
import type { Config, EmbeddedConfig } from '#platform';
import type { LocalKeys } from './local-keys.js';

/** Digits only, as the provider's real ones. */
export const SANDBOX_CLIENT_ID = '10203040';

/** Without credentials of a real provider the sandbox bank is the provider. */
export const needsSandbox = ({ powens, tink }: EmbeddedConfig): boolean =>
  powens.clientId === null && tink.clientId === null;

export const sandboxSettings = (
  config: EmbeddedConfig,
  keys: LocalKeys,
): Readonly<Record<string, string>> => ({
  'client-id': SANDBOX_CLIENT_ID,
  'client-secret': keys.sandboxClientSecret,
  'webhook-url': `http://127.0.0.1:${config.ports.webhookIngress}${config.webhookPublicPath}/webhooks/powens`,
  'webhook-secret': keys.sandboxWebhookSecret,
  'redirect-uri': `${config.publicUrl}/v1/link/callback`,
});

/** What the environment says, filled up with the embedded engines, the local keys and the sandbox bank. */
export const completeConfig = (
  config: EmbeddedConfig,
  keys: LocalKeys,
  urls: {
    readonly eventStoreUrl: string | null;
    readonly natsUrl: string | null;
    readonly databaseUrl: string | null;
  },
  sandboxUrl: string | null,
): Config => ({
  ...config,
  encryptionKey: config.encryptionKey ?? new Secret(keys.encryptionKey),
  apiKey: config.apiKey ?? new Secret(keys.apiKey),
  eventStoreUrl: config.eventStoreUrl ?? urls.eventStoreUrl ?? '',
  natsUrl: config.natsUrl ?? urls.natsUrl ?? '',
  databaseUrl: config.databaseUrl ?? urls.databaseUrl ?? '',
  powens:
    sandboxUrl === null
      ? config.powens
      : {
          ...config.powens,
          clientId: SANDBOX_CLIENT_ID,
          clientSecret: new Secret(keys.sandboxClientSecret),
          webhookSecrets:
            config.powens.webhookSecrets.length > 0
              ? config.powens.webhookSecrets
              : [new Secret(keys.sandboxWebhookSecret)],
          baseUrl: `${sandboxUrl}/2.0`,
          webviewUrl: sandboxUrl,
        },
});
