import { demand } from '#platform';
import {
  type ProviderName,
  PowensWebhookRegistrar,
  TinkWebhookRegistrar,
  type WebhookRegistrar,
} from '#providers';
import { Refused, WrongUsage } from '../command.js';
import type { Installation } from '../installation.js';
import { sandboxCredentials } from './sandbox-console.js';

export const PROVIDER_NAMES: readonly ProviderName[] = ['powens', 'tink'];

/** How people write them. */
export const TITLES: Readonly<Record<ProviderName, string>> = { powens: 'Powens', tink: 'Tink' };

/** @throws {WrongUsage} it is none */
export const providerNamed = (text: string): ProviderName => {
  const name = PROVIDER_NAMES.find((each) => each === text);
  if (name === undefined) throw new WrongUsage(`"${text}" is no provider: ${PROVIDER_NAMES.join(' or ')}.`);
  return name;
};

/** The providers that this installation works with: both of the sandbox bank, or those with credentials. @throws {Refused} */
export const configuredProviders = ({ sandboxUrl, config }: Installation): readonly ProviderName[] => {
  if (sandboxUrl !== null) return PROVIDER_NAMES;
  const configured = PROVIDER_NAMES.filter((name) => config[name].clientId !== null);
  if (configured.length > 0) return configured;
  throw new Refused(
    'No provider is configured: set POWENS_CLIENT_ID or TINK_CLIENT_ID with what belongs to it (docs/environment.md), or run "npm start" for the sandbox bank.',
  );
};

/** @throws {ConfigError} a credential that it takes is missing */
export const registrarOf = async (
  provider: ProviderName,
  { sandboxUrl, config }: Installation,
): Promise<WebhookRegistrar> => {
  if (sandboxUrl !== null) {
    const { configToken, tinkClientId, tinkClientSecret } = await sandboxCredentials(sandboxUrl);
    return provider === 'powens'
      ? new PowensWebhookRegistrar({ baseUrl: `${sandboxUrl}/2.0`, configToken: () => configToken })
      : new TinkWebhookRegistrar({
          baseUrl: sandboxUrl,
          clientId: tinkClientId,
          clientSecret: () => tinkClientSecret,
        });
  }
  const { powens, tink } = config;
  if (provider === 'powens') {
    const token = demand(powens.configToken, 'POWENS_CONFIG_TOKEN');
    const baseUrl = demand(powens.baseUrl, 'POWENS_DOMAIN');
    return new PowensWebhookRegistrar({ baseUrl, configToken: () => token.reveal() });
  }
  const clientId = demand(tink.clientId, 'TINK_CLIENT_ID');
  const secret = demand(tink.clientSecret, 'TINK_CLIENT_SECRET');
  return new TinkWebhookRegistrar({ baseUrl: tink.baseUrl, clientId, clientSecret: () => secret.reveal() });
};

/** Work with a provider's registrar and leave nothing open. */
export const withRegistrar = async <T>(
  provider: ProviderName,
  installation: Installation,
  work: (registrar: WebhookRegistrar) => Promise<T>,
): Promise<T> => {
  const registrar = await registrarOf(provider, installation);
  try {
    return await work(registrar);
  } finally {
    await registrar.close();
  }
};
