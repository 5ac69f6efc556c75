import { Secret } from '#kernel';
import { ProviderError } from '../bank-provider.js';
import { asList, asRecord, asText } from '../json-fields.js';
import { undoLostCreation } from '../lost-creation.js';
import type {
  NewWebhook,
  RegisteredWebhook,
  WantedWebhook,
  WebhookRegistrar,
} from '../webhook-registration.js';
import { type Fetch, type TinkCall, TinkHttp } from './tink-http.js';

export interface TinkWebhookRegistrarOptions {
  /** `https://api.tink.com`. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: () => string;
  readonly fetchImpl?: Fetch | undefined;
}

/** Everything that the Transactions product tells (Events v2). */
export const TINK_WEBHOOK_EVENTS = [
  'refresh:finished',
  'account-transactions:modified',
  'account-booked-transactions:modified',
  'account-transactions:deleted',
  'account:created',
  'account:updated',
] as const;

const ENDPOINTS = '/events/v2/webhook-endpoints';
const SCOPE = 'webhook-endpoints';
/** More pages than any app has endpoints: a token that repeats itself must not keep us here. */
const MAX_PAGES = 50;

const pathOf = (externalId: string): string => `${ENDPOINTS}/${encodeURIComponent(externalId)}`;

const unreadable = (what: string): ProviderError =>
  new ProviderError('bug', 'tink.unreadable-answer', `Tink answered ${what}.`);

const endpointOf = (value: unknown): RegisteredWebhook => {
  const record = asRecord(value) ?? {};
  const externalId = asText(record['id']);
  if (externalId === null) throw unreadable('with a webhook endpoint that has no id');
  return { externalId, name: asText(record['description']), url: asText(record['url']) };
};

const existsAlready = (url: string): ProviderError => {
  const text = `Tink has a webhook endpoint with the address ${url} already. Its secret was told when it was made, and is not told again.`;
  return new ProviderError('permanent', 'tink.webhook-exists', text, { status: 409 });
};

/** The creation may have been carried out all the same. */
const isLost = (error: unknown): error is ProviderError =>
  error instanceof ProviderError &&
  ['tink.unreachable', 'tink.unavailable', 'tink.unreadable-answer'].includes(error.code);

/** Webhook endpoints of the app (Events v2): one with all events, whose secret is in the answer to its creation only. */
export class TinkWebhookRegistrar implements WebhookRegistrar {
  readonly provider = 'tink';
  readonly #options: TinkWebhookRegistrarOptions;
  readonly #http: TinkHttp;
  #token: string | undefined;

  constructor(options: TinkWebhookRegistrarOptions) {
    this.#options = options;
    const { baseUrl, clientSecret, fetchImpl } = options;
    this.#http = new TinkHttp({ baseUrl, secrets: () => [clientSecret()], fetchImpl });
  }

  async list(): Promise<readonly RegisteredWebhook[]> {
    const found: RegisteredWebhook[] = [];
    let pageToken: string | null = '';
    for (let page = 0; page < MAX_PAGES && pageToken !== null; page += 1) {
      const query: string = pageToken === '' ? '' : `&${new URLSearchParams({ pageToken })}`;
      const answer = asRecord(await this.#call({ method: 'GET', path: `${ENDPOINTS}?pageSize=100${query}` }));
      found.push(...(asList(answer?.['webhookEndpoints']) ?? []).map(endpointOf));
      pageToken = asText(answer?.['nextPageToken']);
    }
    return found;
  }

  /**
   * Made disabled: what arrived before its secret is known would be refused, and Tink delivers nothing again after a 401.
   * @throws {ProviderError} `tink.webhook-exists`: the same address has one of the events already
   */
  async create({ name, url }: WantedWebhook): Promise<NewWebhook> {
    await this.#demandToken();
    const body = { url, enabledEvents: TINK_WEBHOOK_EVENTS, description: name, disabled: true };
    try {
      const answer = await this.#call({ method: 'POST', path: ENDPOINTS, body });
      const secret = asText(asRecord(answer)?.['secret']);
      if (secret === null) throw unreadable('to the creation of a webhook endpoint without its secret');
      return { ...endpointOf(answer), name, url, secret: new Secret(secret) };
    } catch (error) {
      if (error instanceof ProviderError && error.options.status === 409) throw existsAlready(url);
      throw isLost(error) ? await undoLostCreation(this, name, error) : error;
    }
  }

  async activate(externalId: string): Promise<void> {
    const body = { webhookEndpoint: { disabled: false } };
    await this.#call({ method: 'PATCH', path: pathOf(externalId), body });
  }

  async remove(externalId: string): Promise<void> {
    await this.#call({ method: 'DELETE', path: pathOf(externalId) }).catch((error: unknown) => {
      if (!(error instanceof ProviderError) || error.options.status !== 404) throw error;
    });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #call(call: Omit<TinkCall, 'token'>): Promise<unknown> {
    return this.#http.call({ ...call, token: await this.#demandToken() });
  }

  /** A client token lives half an hour, longer than this object. */
  async #demandToken(): Promise<string> {
    if (this.#token !== undefined) return this.#token;
    const { clientId, clientSecret } = this.#options;
    const form = {
      client_id: clientId,
      client_secret: clientSecret(),
      grant_type: 'client_credentials',
      scope: SCOPE,
    };
    const answer = await this.#http.call({ method: 'POST', path: '/api/v1/oauth/token', form });
    const token = asText(asRecord(answer)?.['access_token']);
    if (token === null) throw unreadable('to the request for a client token without one');
    this.#token = token;
    return token;
  }
}
