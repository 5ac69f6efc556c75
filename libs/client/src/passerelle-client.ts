import type {
  BankAccountsView,
  BankAccountView,
  ConnectionPageView,
  ConnectionStatsView,
  ConnectionView,
  DeliveryDetailsView,
  DeliveryPageView,
  DeliveryReplayedView,
  DeliveryView,
  LinkSessionView,
  SyncAcceptedView,
  SyncPageView,
  SyncView,
  TransactionDetailsView,
  TransactionPageView,
  TransactionView,
} from '#contracts';
import { callApi, type PasserelleClientOptions } from './http-api.js';

export interface OpenConnection {
  readonly tenantId: string | number;
  readonly companyId: string | number;
  /** The caller's own id of the account. */
  readonly accountId: string | number;
  readonly institutionId: string;
  readonly iban: string;
  readonly provider?: 'powens' | 'tink';
  readonly syncEnabled?: boolean;
  readonly syncDaysBack?: number;
  /** Access that the caller holds already; without it the answer carries `linkUrl`. */
  readonly credentials?: {
    readonly accessToken: string;
    readonly providerUserId?: string;
    readonly providerConnectionId?: string;
  };
}

/** What to do with a bank account; `map` lets it continue a ledger that exists. */
export type AccountDecision =
  | { readonly action: 'ignore' }
  | { readonly action: 'track'; readonly accountId?: string | number; readonly ledgerId?: string }
  | { readonly action: 'map'; readonly ledgerId: string; readonly accountId?: string | number };

export interface PageQuery {
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export interface Repeatable {
  /** A call that is repeated with the same key is carried out once. */
  readonly idempotencyKey?: string;
}

/** The HTTP API of Passerelle. Every method throws {@link PasserelleProblem} when the answer is no success. */
export class PasserelleClient {
  constructor(private readonly options: PasserelleClientOptions) {}

  /** Opens a bank link. The same tenant, account and IBAN again: 409 with `body.connectionId`. */
  async openConnection(
    connection: OpenConnection,
    { idempotencyKey }: Repeatable = {},
  ): Promise<ConnectionView> {
    return callApi(this.options, {
      method: 'POST',
      path: '/v1/connections',
      body: connection,
      idempotencyKey,
    });
  }

  async getConnection(id: string): Promise<ConnectionView> {
    return callApi(this.options, { method: 'GET', path: connectionPath(id) });
  }

  async listConnections(
    query: PageQuery & { readonly status?: ConnectionView['status'] } = {},
  ): Promise<ConnectionPageView> {
    return callApi(this.options, { method: 'GET', path: '/v1/connections', query });
  }

  async changeSettings(
    id: string,
    settings: { readonly syncEnabled?: boolean; readonly syncDaysBack?: number },
  ): Promise<ConnectionView> {
    return callApi(this.options, { method: 'PATCH', path: connectionPath(id), body: settings });
  }

  /** A fresh page on which the account holder authorises or repairs the link. */
  async link(id: string): Promise<LinkSessionView> {
    return callApi(this.options, { method: 'POST', path: `${connectionPath(id)}/link` });
  }

  /** All bank accounts that the connection knows of, and what is done with each. */
  async accounts(id: string): Promise<BankAccountsView> {
    return callApi(this.options, { method: 'GET', path: `${connectionPath(id)}/accounts` });
  }

  /** Tracks, ignores or maps the bank account `accountId` (its `id` in {@link accounts}). */
  async decideOnAccount(id: string, accountId: string, decision: AccountDecision): Promise<BankAccountView> {
    const path = `${connectionPath(id)}/accounts/${encodeURIComponent(accountId)}`;
    return callApi(this.options, { method: 'PUT', path, body: decision });
  }

  /** Disconnects here and at the provider; the transactions stay. */
  async delete(id: string): Promise<void> {
    await callApi(this.options, { method: 'DELETE', path: connectionPath(id) });
  }

  /**
   * Asks for a sync. With `waitSeconds` (≤ 60) the finished run, if it ends in time; else the run that the request
   * became part of, `pending`.
   */
  async requestSync(
    id: string,
    { idempotencyKey, waitSeconds }: Repeatable & { readonly waitSeconds?: number } = {},
  ): Promise<SyncView | SyncAcceptedView> {
    return callApi(this.options, {
      method: 'POST',
      path: `${connectionPath(id)}/syncs`,
      query: { wait: waitSeconds },
      idempotencyKey,
      extraMs: (waitSeconds ?? 0) * 1_000,
    });
  }

  /** The history of a connection's runs, newest first. */
  async syncs(
    id: string,
    query: PageQuery & { readonly status?: SyncView['status']; readonly trigger?: SyncView['trigger'] } = {},
  ): Promise<SyncPageView> {
    return callApi(this.options, { method: 'GET', path: `${connectionPath(id)}/syncs`, query });
  }

  /** How well the connection was synchronised within some days (30 unless said otherwise), the last of which is today. */
  async stats(id: string, query: { readonly days?: number } = {}): Promise<ConnectionStatsView> {
    return callApi(this.options, { method: 'GET', path: `${connectionPath(id)}/stats`, query });
  }

  /** One run, by its id or by the id of a request that became part of it. */
  async getSync(id: string): Promise<SyncView> {
    return callApi(this.options, { method: 'GET', path: `/v1/syncs/${encodeURIComponent(id)}` });
  }

  /** Verified webhooks of the providers, newest first; a tenant's key sees those about its own connections. */
  async listDeliveries(
    query: PageQuery & {
      readonly provider?: DeliveryView['provider'];
      readonly state?: DeliveryView['state'];
      readonly connectionId?: string;
    } = {},
  ): Promise<DeliveryPageView> {
    return callApi(this.options, { method: 'GET', path: '/v1/deliveries', query });
  }

  /** What one webhook said and what became of it. */
  async getDelivery(id: string): Promise<DeliveryDetailsView> {
    return callApi(this.options, { method: 'GET', path: `/v1/deliveries/${encodeURIComponent(id)}` });
  }

  /** Acts on a webhook once more; `getSync(requestId)` finds the run that it becomes part of. */
  async replayDelivery(id: string, { idempotencyKey }: Repeatable = {}): Promise<DeliveryReplayedView> {
    const path = `/v1/deliveries/${encodeURIComponent(id)}/replay`;
    return callApi(this.options, { method: 'POST', path, idempotencyKey });
  }

  /** One page of transactions; `from` and `to` are bank days, inclusive. */
  async transactions(
    id: string,
    query: PageQuery & { readonly from?: string; readonly to?: string } = {},
  ): Promise<TransactionPageView> {
    return callApi(this.options, { method: 'GET', path: `${connectionPath(id)}/transactions`, query });
  }

  /** One transaction with its provider ids and its history. */
  async transaction(id: string): Promise<TransactionDetailsView> {
    return callApi(this.options, { method: 'GET', path: `/v1/transactions/${encodeURIComponent(id)}` });
  }

  /** Every transaction of the window, page after page. */
  async *everyTransaction(
    id: string,
    window: { readonly from?: string; readonly to?: string } = {},
  ): AsyncGenerator<TransactionView, void> {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: TransactionPageView = await this.transactions(id, {
        ...window,
        limit: 500,
        ...(cursor === undefined ? {} : { cursor }),
      });
      yield* page.items;
      cursor = page.nextCursor;
    }
  }
}

const connectionPath = (id: string): string => `/v1/connections/${encodeURIComponent(id)}`;
