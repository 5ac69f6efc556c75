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
import { type Fetch, type PowensCall, PowensClient } from './powens-client.js';

export interface PowensWebhookRegistrarOptions {
  /** API root with its `/2.0`. */
  readonly baseUrl: string;
  /** The static token from the settings of the domain in Powens' console; no user's token and no client secret will do. */
  readonly configToken: () => string;
  readonly fetchImpl?: Fetch | undefined;
  readonly pause?: ((ms: number) => Promise<unknown>) | undefined;
}

/** Events that we act on; each is registered in the console with a URL of its own, because the body does not name it. */
export const POWENS_WEBHOOK_EVENTS = [
  'CONNECTION_SYNCED',
  'CONNECTION_DELETED',
  'USER_DELETED',
  'ACCOUNT_FOUND',
  'ACCOUNT_ENABLED',
  'ACCOUNT_DISABLED',
] as const;

/** Below which path of the door an event is expected: `CONNECTION_SYNCED` → `connection-synced`. */
export const powensEventPath = (event: string): string => event.toLowerCase().replaceAll('_', '-');

/** What a form of the call that the domain does not know is answered with; 500 is `dataError`, for a name it did not see. */
const NOT_THIS_FORM = new Set([400, 404, 405, 415, 422, 500]);
/** The list has no filter and few entries unless more are asked for. */
const LIST = '/webhooks/auth?limit=1000';

const explained = (error: unknown): unknown => {
  const status = error instanceof ProviderError ? error.options.status : undefined;
  if (status !== 401 && status !== 403) return error;
  const text = `Powens answered ${status}: POWENS_CONFIG_TOKEN is not the configuration token of this domain. Copy it from the domain's settings in the Powens console.`;
  return new ProviderError('permanent', 'powens.config-token-refused', text, { status });
};

const idOf = (record: unknown): string => {
  const id = asText(asRecord(record)?.['id']);
  if (id !== null && /^\w{1,64}$/.test(id)) return id;
  throw new ProviderError(
    'bug',
    'powens.unreadable-answer',
    'Powens named an auth provider without a usable id.',
  );
};

const lacksSecret = (): ProviderError =>
  new ProviderError(
    'bug',
    'powens.unreadable-answer',
    'Powens answered to /webhooks/auth without id or secret.',
  );

const isLost = (error: unknown): error is ProviderError =>
  error instanceof ProviderError &&
  ['powens.outcome-unknown', 'powens.unavailable', 'powens.unreadable-answer'].includes(error.code);

/**
 * Auth providers of type `hmac_signature`: what Powens signs webhooks with. Documented is a JSON body below the API root; seen
 * live (Formance's contract test) is the domain's root with the parameters in the query and a short alphanumeric name. The
 * documented form comes first, the other one follows where it is not understood.
 */
export class PowensWebhookRegistrar implements WebhookRegistrar {
  readonly provider = 'powens';
  readonly #documented: PowensClient;
  readonly #live: PowensClient;
  readonly #token: () => string;

  constructor({ baseUrl, configToken, ...options }: PowensWebhookRegistrarOptions) {
    this.#token = configToken;
    const clientOf = (root: string): PowensClient =>
      new PowensClient({ baseUrl: root, clientSecret: configToken, ...options });
    this.#documented = clientOf(baseUrl);
    this.#live = clientOf(this.#documented.root.origin);
  }

  async list(): Promise<readonly RegisteredWebhook[]> {
    const answer = await this.#inEitherForm({ method: 'GET', path: LIST });
    const providers = asList(asRecord(answer)?.['authproviders']) ?? [];
    return providers.map((each) => ({
      externalId: idOf(each),
      name: asText(asRecord(each)?.['name']),
      url: null,
    }));
  }

  async create({ name }: WantedWebhook): Promise<NewWebhook> {
    const body = { type: 'hmac_signature', name };
    try {
      const answer = await this.#inEitherForm(
        { method: 'POST', path: '/webhooks/auth', body, mustNotRepeat: true },
        `/webhooks/auth?${new URLSearchParams(body)}`,
      );
      const secret = asText(asRecord(asRecord(answer)?.['config'])?.['secret_key']);
      if (secret === null) throw lacksSecret();
      return { externalId: idOf(answer), name, url: null, secret: new Secret(secret) };
    } catch (error) {
      throw isLost(error) ? await undoLostCreation(this, name, error) : error;
    }
  }

  /** Nothing is signed before a person associates it with webhooks in the console. */
  async activate(): Promise<void> {}

  async remove(externalId: string): Promise<void> {
    const path = `/webhooks/auth/${encodeURIComponent(externalId)}`;
    await this.#inEitherForm({ method: 'DELETE', path }).catch((error: unknown) => {
      if (!(error instanceof ProviderError) || error.options.status !== 404) throw error;
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#documented.close(), this.#live.close()]);
  }

  /** @param livePath path of the other form; default: the same */
  async #inEitherForm(call: Omit<PowensCall, 'token'>, livePath = call.path): Promise<unknown> {
    const token = this.#token();
    try {
      return await this.#documented.call({ ...call, token });
    } catch (error) {
      const status = error instanceof ProviderError ? error.options.status : undefined;
      if (status === undefined || !NOT_THIS_FORM.has(status)) throw explained(error);
    }
    const { body: _, ...bare } = call;
    return this.#live.call({ ...bare, path: livePath, token }).catch((error: unknown) => {
      throw explained(error);
    });
  }
}
