import { connection, type LinkedConnection } from '#domain';
import { runDecider } from '#event-store';
import { type BankProvider, type ProviderAccess, ProviderError, type ProviderName } from '#providers';
import { asSealed } from '#vault';
import type { SyncDeps } from '../sync-deps.js';

const isRefused = (error: unknown): boolean =>
  error instanceof ProviderError && error.code.endsWith('.token-refused');

/** To our own credentials, which were accepted, the provider said that it has no such user. */
const isUnknown = (error: unknown): error is ProviderError =>
  error instanceof ProviderError &&
  (error.code.endsWith('.not-found') || error.code.endsWith('.invalid-request'));

const userUnknown = (provider: ProviderName, cause: ProviderError): ProviderError =>
  new ProviderError(
    'permanent',
    `${provider}.user-unknown`,
    `The provider refuses the access and renews none: it does not know the holder. ${cause.message}`,
    { cause },
  );

/** Speaks to one connection's provider with its token; a refused token is renewed once, sealed and stored. */
export class ProviderSession {
  readonly provider: BankProvider;
  readonly #deps: SyncDeps;
  readonly #connection: LinkedConnection;
  #access: ProviderAccess;
  #renewed = false;

  constructor(deps: SyncDeps, linked: LinkedConnection) {
    const { access, opened } = linked;
    if (!access)
      throw new ProviderError('bug', 'connection.no-access', 'This connection has no stored access.');
    const { providerUserId, providerConnectionId, sealedToken } = access;
    this.#deps = deps;
    this.#connection = linked;
    this.provider = deps.providers.named(opened.provider);
    this.#access = {
      accessToken: deps.vault.open(asSealed(sealedToken)).reveal(),
      providerUserId,
      providerConnectionId,
    };
  }

  async use<T>(work: (access: ProviderAccess) => Promise<T>): Promise<T> {
    try {
      return await work(this.#access);
    } catch (error) {
      if (!isRefused(error) || this.#renewed) throw error;
      await this.#renew();
      return work(this.#access);
    }
  }

  /** Whether the provider answers "not found" to the connection and lists the user's connections without it. */
  async isMissing(): Promise<boolean> {
    // Nobody waits for this.
    const calls = { count: 0 };
    try {
      await this.use((access) => this.provider.describe(access, calls));
      return false;
    } catch (error) {
      if (!(error instanceof ProviderError) || !error.code.endsWith('.not-found')) throw error;
    }
    const listed = await this.use((access) => this.provider.listConnections(access, calls));
    const { providerConnectionId } = this.#access;
    return listed.every((each) => each.providerConnectionId !== providerConnectionId);
  }

  async #renew(): Promise<void> {
    this.#renewed = true;
    this.#access = await this.provider.renewAccess(this.#access).catch((error: unknown) => {
      throw isUnknown(error) ? userUnknown(this.provider.name, error) : error;
    });
    const { vault, clock } = this.#deps;
    const sealedToken = vault.seal(this.#access.accessToken);
    const { connectionId, tenantId } = this.#connection;
    await runDecider(
      this.#deps,
      connection,
      connectionId,
      { type: 'ReplaceToken', sealedToken, now: clock.now() },
      { metadata: this.#deps.metadata(tenantId) },
    );
  }
}
