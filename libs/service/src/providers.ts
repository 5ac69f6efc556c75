import { type Config, demand } from '#platform';
import { type BankProvider, PowensProvider, type ProviderName } from '#providers';

/** The providers that this installation speaks to. */
export class Providers {
  readonly #byName: ReadonlyMap<string, BankProvider>;

  constructor(providers: readonly BankProvider[]) {
    this.#byName = new Map(providers.map((provider) => [provider.name, provider]));
  }

  /** @throws {ProviderNotConfigured} */
  named(name: ProviderName): BankProvider {
    const provider = this.#byName.get(name);
    if (!provider) throw new ProviderNotConfigured(name);
    return provider;
  }

  has(name: ProviderName): boolean {
    return this.#byName.has(name);
  }
}

export class ProviderNotConfigured extends Error {
  override readonly name = 'ProviderNotConfigured';
  readonly code = 'provider.not-configured';

  constructor(provider: ProviderName) {
    super(`The provider "${provider}" is not configured here: set its client id, secret and base URL.`);
  }
}

/** What the environment configures; a provider without credentials is left out. */
export const configuredProviders = ({ powens }: Pick<Config, 'powens'>): Providers => {
  const { clientId, clientSecret, webviewUrl } = powens;
  if (clientId === null || clientSecret === null) return new Providers([]);
  const baseUrl = demand(powens.baseUrl, 'POWENS_DOMAIN');
  return new Providers([
    new PowensProvider({ baseUrl, webviewUrl, clientId, clientSecret: () => clientSecret.reveal() }),
  ]);
};
