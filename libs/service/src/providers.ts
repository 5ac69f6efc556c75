import { demand } from '#platform';
import { type BankProvider, PowensProvider, type ProviderName } from '#providers';
import { PgCallBudget } from './pg-call-budget.js';
import type { ServiceResources } from './service-resources.js';

/** The providers that this installation speaks to. */
export class Providers {
  readonly #byName: ReadonlyMap<string, BankProvider>;

  constructor(
    providers: readonly BankProvider[],
    /** `null`: no limit is known. */
    readonly budget: PgCallBudget | null = null,
  ) {
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
  readonly code = 'provider.not-configured' as const;

  constructor(provider: ProviderName) {
    super(`The provider "${provider}" is not configured here: set its client id, secret and base URL.`);
  }
}

/** What the environment configures; a provider without credentials is left out. Calls are counted where there is a limit. */
export const configuredProviders = async ({
  config: { powens },
  db,
}: Pick<ServiceResources, 'config' | 'db'>): Promise<Providers> => {
  const { clientId, clientSecret, webviewUrl, callsPerMinute } = powens;
  if (clientId === null || clientSecret === null) return new Providers([]);
  const baseUrl = demand(powens.baseUrl, 'POWENS_DOMAIN');
  const budget = callsPerMinute === null ? null : new PgCallBudget(db, callsPerMinute);
  await budget?.prepare();
  const secret = () => clientSecret.reveal();
  const options = { baseUrl, webviewUrl, clientId, clientSecret: secret, budget: budget ?? undefined };
  return new Providers([new PowensProvider(options)], budget);
};
