import { connection, type LinkedConnection } from '#domain';
import { runDecider } from '#event-store';
import { type BankProvider, type ProviderAccess, ProviderError } from '#providers';
import { asSealed } from '#vault';
import type { SyncDeps } from '../sync-deps.js';

const isRefused = (error: unknown): boolean =>
  error instanceof ProviderError && error.code.endsWith('.token-refused');

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

  async #renew(): Promise<void> {
    this.#renewed = true;
    this.#access = await this.provider.renewAccess(this.#access);
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
