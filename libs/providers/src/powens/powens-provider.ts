import { type Clock, later, SystemClock } from '#kernel';
import {
  BankProvider,
  type CallCount, type ConnectionSnapshot, type FetchRequest, type FetchStep, type LinkRequest, type LinkResult, type LinkSession,
  type ProviderAccess, ProviderError, type RefreshAnswer,
} from '../bank-provider.js'; // prettier-ignore
import { asRecord, asText } from '../json-fields.js';
import { isAttended } from './attended-calls.js';
import { TransactionsFetch } from './fetch-transactions.js';
import { type PowensCall, PowensClient, type PowensClientOptions } from './powens-client.js';
import { askForRefresh } from './refresh.js';
import { readCallback } from './read-callback.js';
import { byConnection, newUserOf, renewedTokenOf, unreadable, webviewCodeOf } from './read-answers.js';
import { translateConnection } from './translate-connection.js';
import { webviewUrl } from './webview-url.js';
import { wholeList } from './whole-list.js';

const MS_PER_DAY = 86_400_000;
/** A million rows in one fetch; the rest comes with the next. */
const DEFAULT_PAGE_CAP = 1000;

type CallManner = Pick<PowensCall, 'attended' | 'calls' | 'patienceMs'>;
/** A person waits for the answer: a long wait is better told than sat out. */
const FOR_A_PERSON: CallManner = { attended: true, patienceMs: 5_000 };
/** As of a run, attended or not; without a count a person waits for this very answer. */
const mannerOf = (calls: CallCount | undefined): CallManner =>
  calls ? { attended: isAttended(calls), calls } : FOR_A_PERSON;

const CONNECTIONS = '/users/me/connections?expand=connector,sources';
const USER_IS_GONE = new Set(['powens.not-found', 'powens.invalid-request']);

export interface PowensProviderOptions extends PowensClientOptions {
  readonly webviewUrl: string;
  /** Digits; not a secret. */
  readonly clientId: string;
  /** Host of the domain, as the webview wants it (`acme.biapi.pro`); the host of `baseUrl` when absent. */
  readonly domain?: string | undefined;
  /** Greatest number of pages of one fetch. */
  readonly pageCap?: number | undefined;
  readonly clock?: Clock | undefined;
}

const isRefusedToken = (error: unknown): boolean =>
  error instanceof ProviderError && error.code === 'powens.token-refused';

const newestFirst = (a: string, b: string): number => b.length - a.length || (a < b ? 1 : -1);

/**
 * Powens (formerly Budget Insight), API 2.0. A person is a Powens user with a permanent token; a link to a bank is a connection
 * made in the hosted webview. Powens refreshes connections by itself about once a day and forbids bulk refreshes: we read, and
 * ask for one only where somebody waits for it.
 */
export class PowensProvider extends BankProvider {
  override readonly name = 'powens';
  private readonly client: PowensClient;
  private readonly clock: Clock;

  constructor(private readonly options: PowensProviderOptions) {
    super();
    this.client = new PowensClient(options);
    this.clock = options.clock ?? new SystemClock();
  }

  override async startLink(request: LinkRequest): Promise<LinkSession> {
    if (/[?#]/.test(request.redirectUri)) {
      const text = 'Powens refuses a redirect address with a query; register and send it without.';
      throw new ProviderError('bug', 'powens.redirect-uri', text);
    }
    if (request.access !== null)
      return this.renewing(request.access, (live) => this.linkSession(request, live));
    const access = await this.createUser();
    try {
      return await this.linkSession(request, access);
    } catch (error) {
      // Nobody will ever learn this user's token: better no user than an orphan. The first failure is the one to tell.
      await this.client
        .call({ method: 'DELETE', path: '/users/me', token: access.accessToken })
        .catch(() => null);
      throw error;
    }
  }

  override async completeLink(
    access: ProviderAccess,
    parameters: Readonly<Record<string, string>>,
  ): Promise<LinkResult> {
    const callback = readCallback(parameters);
    if (callback.kind === 'refused') return callback;
    const { ids, live } =
      callback.kind === 'linked'
        ? { ids: callback.connectionIds, live: access }
        : await this.renewing(access, async (used) => ({
            ids: await this.connectionIdsOf(used),
            live: used,
          }));
    const known = ids.find((id) => id === access.providerConnectionId);
    const [first] = ids;
    if (first === undefined) return { kind: 'refused', code: 'no_connection', by: 'user' };
    return {
      kind: 'linked',
      providerConnectionIds: ids,
      access: { ...live, providerConnectionId: known ?? first },
    };
  }

  override async listConnections(
    access: ProviderAccess,
    calls?: CallCount,
  ): Promise<readonly ConnectionSnapshot[]> {
    const connections = await this.connections(access, () => mannerOf(calls));
    const accounts = byConnection(await this.accounts('/users/me', access, calls));
    return connections.map((raw) => {
      const snapshot = translateConnection(raw, accounts.get(asText(asRecord(raw)?.['id'])) ?? []);
      if (snapshot === null) throw unreadable('a connection without an id');
      return snapshot;
    });
  }

  override async describe(access: ProviderAccess, calls?: CallCount): Promise<ConnectionSnapshot> {
    const path = this.connectionPath(access);
    const connection = await this.get(`${path}?expand=connector,sources`, access, mannerOf(calls));
    const accounts = byConnection(await this.accounts(path, access, calls));
    const snapshot = translateConnection(connection, [...accounts.values()].flat());
    if (snapshot === null) throw unreadable('a connection without an id');
    return snapshot;
  }

  override refresh(
    access: ProviderAccess,
    { attended }: { readonly attended: boolean },
    calls?: CallCount,
  ): Promise<RefreshAnswer> {
    const nowMs = () => Date.parse(this.clock.now());
    return askForRefresh(this.client, this.connectionPath(access), access, { attended, calls, nowMs });
  }

  override fetchTransactions(request: FetchRequest, calls: CallCount): AsyncGenerator<FetchStep, void> {
    const pageCap = this.options.pageCap ?? DEFAULT_PAGE_CAP;
    const latestMs = Date.parse(this.clock.now()) + MS_PER_DAY;
    return new TransactionsFetch(this.client, request, calls, { pageCap, latestMs }).steps();
  }

  override async renewAccess(access: ProviderAccess): Promise<ProviderAccess> {
    if (!/^\d{1,20}$/.test(access.providerUserId)) {
      throw new ProviderError(
        'needs-user',
        'powens.user-id',
        'Without its Powens user id an access cannot be renewed.',
      );
    }
    const answer = await this.client.call({
      method: 'POST',
      path: '/auth/renew',
      body: {
        grant_type: 'client_credentials',
        ...this.credentials(),
        id_user: BigInt(access.providerUserId),
        revoke_previous: false,
      },
    });
    return { ...access, accessToken: renewedTokenOf(answer) };
  }

  /** A refused token does not mean that the connection is gone: it is renewed once, and only a missing user counts as done. */
  override async disconnect(access: ProviderAccess): Promise<void> {
    if (access.providerConnectionId === null) return;
    try {
      await this.deleteConnection(access);
    } catch (error) {
      if (!isRefusedToken(error)) throw error;
      const renewed = await this.renewUnlessGone(access);
      if (renewed !== null) await this.deleteConnection(renewed);
    }
  }

  override async endUser(access: ProviderAccess, others: 'end' | 'spare'): Promise<'deleted' | 'in-use'> {
    try {
      return await this.deleteUser(access, others);
    } catch (error) {
      if (!isRefusedToken(error)) throw error;
      const renewed = await this.renewUnlessGone(access);
      return renewed === null ? 'deleted' : this.deleteUser(renewed, others);
    }
  }

  /** Closes the kept connections to Powens. */
  close(): Promise<void> {
    return this.client.close();
  }

  private async deleteConnection(access: ProviderAccess): Promise<void> {
    const path = this.connectionPath(access);
    const { accessToken: token, providerConnectionId: connection } = access;
    await this.client.call({ method: 'DELETE', path, token, connection }).catch((error: unknown) => {
      if (!(error instanceof ProviderError) || error.code !== 'powens.not-found') throw error;
    });
  }

  private async deleteUser(access: ProviderAccess, others: 'end' | 'spare'): Promise<'deleted' | 'in-use'> {
    for (const id of others === 'end' ? await this.connectionIdsOf(access, {}) : []) {
      await this.deleteConnection({ ...access, providerConnectionId: id });
    }
    const left = await this.connectionIdsOf(access, {});
    if (left.length > 0) return 'in-use';
    await this.client
      .call({ method: 'DELETE', path: '/users/me', token: access.accessToken })
      .catch((error: unknown) => {
        if (!(error instanceof ProviderError) || error.code !== 'powens.not-found') throw error;
      });
    return 'deleted';
  }

  /** A dead token (401 and 403 alike) is renewed once and the work repeated once, where the caller gets the new one back. */
  private async renewing<T>(
    access: ProviderAccess,
    work: (access: ProviderAccess) => Promise<T>,
  ): Promise<T> {
    try {
      return await work(access);
    } catch (error) {
      if (!isRefusedToken(error)) throw error;
      return work(await this.renewAccess(access));
    }
  }

  /** `null`: Powens does not know the user any more. */
  private async renewUnlessGone(access: ProviderAccess): Promise<ProviderAccess | null> {
    return this.renewAccess(access).catch((error: unknown) => {
      if (error instanceof ProviderError && USER_IS_GONE.has(error.code)) return null;
      throw error;
    });
  }

  private async createUser(): Promise<ProviderAccess> {
    const body = this.credentials();
    return newUserOf(
      await this.client.call({
        method: 'POST',
        path: '/auth/init',
        body,
        mustNotRepeat: true,
        ...FOR_A_PERSON,
      }),
    );
  }

  private async linkSession(request: LinkRequest, access: ProviderAccess): Promise<LinkSession> {
    const { code, lifeMs } = webviewCodeOf(await this.get('/auth/token/code?type=singleAccess', access));
    const settings = { ...this.options, domain: this.options.domain ?? this.client.root.host };
    return {
      url: webviewUrl(settings, request, code, access.providerConnectionId),
      expiresAt: later(this.clock.now(), lifeMs),
      access,
    };
  }

  private async connectionIdsOf(access: ProviderAccess, manner?: CallManner): Promise<readonly string[]> {
    const connections = await this.connections(access, () => manner);
    return connections.flatMap((raw) => asText(asRecord(raw)?.['id']) ?? []).toSorted(newestFirst);
  }

  private connections(
    access: ProviderAccess,
    manner: () => CallManner | undefined,
  ): Promise<readonly unknown[]> {
    return wholeList('connections', (more) => this.get(CONNECTIONS + more, access, manner()));
  }

  private accounts(owner: string, access: ProviderAccess, calls?: CallCount): Promise<readonly unknown[]> {
    const get = (more: string) => this.get(`${owner}/accounts?all=${more}`, access, mannerOf(calls));
    return wholeList('accounts', get);
  }

  private connectionPath(access: ProviderAccess): string {
    if (access.providerConnectionId === null) {
      throw new ProviderError(
        'needs-user',
        'powens.not-linked',
        'No bank is linked yet; the person must link one.',
      );
    }
    return `/users/me/connections/${encodeURIComponent(access.providerConnectionId)}`;
  }

  private get(path: string, access: ProviderAccess, more: CallManner = FOR_A_PERSON): Promise<unknown> {
    return this.client.call({
      method: 'GET',
      path,
      token: access.accessToken,
      connection: access.providerConnectionId,
      ...more,
    });
  }

  private credentials() {
    return { client_id: this.options.clientId, client_secret: this.options.clientSecret() };
  }
}
