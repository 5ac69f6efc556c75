import { Agent, fetch as undiciFetch } from 'undici';
import { apiRoot } from '../api-root.js';
import { ProviderError, type ProviderErrorKind } from '../bank-provider.js';
import { asRecord, asText } from '../json-fields.js';
import { tryParseLossless } from '../lossless-json.js';
import type { ProviderReason } from '../provider-code.js';
import { sanitise } from '../sanitise.js';

export type Fetch = typeof undiciFetch;

const TIMEOUT_MS = 30_000;

export interface TinkCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the API's root, without ids that identify people. */
  readonly path: string;
  readonly token?: string;
  /** Sent form-encoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

export interface TinkHttpOptions {
  readonly baseUrl: string;
  /** Literal values that must appear in no message. */
  readonly secrets: () => readonly string[];
  readonly fetchImpl?: Fetch | undefined;
}

type Verdict = readonly [kind: ProviderErrorKind, reason: ProviderReason, nextStep: string];

/** By status, as the documentation asks: the bodies of v2 errors are not documented. */
const verdictOf = (status: number): Verdict => {
  if (status === 401) return ['permanent', 'client-refused', 'Check TINK_CLIENT_ID, TINK_CLIENT_SECRET and TINK_BASE_URL.']; // prettier-ignore
  if (status === 403) return ['permanent', 'scope-missing', 'Grant the app the scope that this call needs, in the Tink console.']; // prettier-ignore
  if (status === 404) return ['permanent', 'not-found', 'It does not exist, or no longer.'];
  if (status === 409) return ['permanent', 'conflict', 'It exists already.'];
  if (status === 429)
    return ['retry-after', 'rate-limited', 'Too many requests of this app; try again later.'];
  if (status === 408 || status >= 500) return ['retry', 'unavailable', 'Tink cannot serve this now; try again later.']; // prettier-ignore
  return ['bug', 'invalid-request', 'The request was not understood; please report it.'];
};

const retryAfterMs = (header: string | null): { retryAfterMs?: number } =>
  header !== null && /^\d+$/.test(header) ? { retryAfterMs: Number(header) * 1000 } : {};

/** Errors come as `{errorCode, errorMessage}`, by other names, as text, or with no body at all. */
const wordsOf = (body: Uint8Array): string => {
  const envelope = asRecord(tryParseLossless(body));
  if (envelope === null) return new TextDecoder().decode(body.subarray(0, 20_000));
  const names = ['errorCode', 'errorMessage', 'code', 'message', 'error', 'error_description'];
  return names.flatMap((name) => asText(envelope[name]) ?? []).join('; ');
};

/** Tink over HTTP: one request, its failure classified. Nothing is repeated. Throws {@link ProviderError} only. */
export class TinkHttp {
  readonly #options: TinkHttpOptions;
  readonly #root: string;
  readonly #agent = new Agent({ connections: 8, keepAliveTimeout: 10_000 });

  constructor(options: TinkHttpOptions) {
    this.#options = options;
    this.#root = apiRoot(options.baseUrl, 'TINK_BASE_URL').href.replace(/\/$/, '');
  }

  /** The answer's JSON; `null` when it has none. */
  async call(call: TinkCall): Promise<unknown> {
    const path = call.path.split('?', 1)[0] ?? call.path;
    const label = `${call.method} ${path.replaceAll(/\/[0-9a-f]{16,}(?=\/|$)/gi, '/…')}`;
    const { status, headers, body } = await this.#send(call, label);
    if (status >= 200 && status < 300) return body.length === 0 ? null : (tryParseLossless(body) ?? null);
    const [kind, reason, nextStep] = verdictOf(status);
    const words = sanitise(wordsOf(body), this.#hidden(call));
    const said = words === '' ? '' : ` (${words})`;
    const text = `Tink answered ${status} to ${label}${said}. ${nextStep}`;
    const wait = retryAfterMs(headers.get('retry-after'));
    throw new ProviderError(kind, `tink.${reason}`, text, { status, ...wait });
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  #hidden(call: TinkCall): readonly string[] {
    return [call.token ?? '', ...this.#options.secrets()];
  }

  async #send(call: TinkCall, label: string) {
    const { method, path, token, form, body } = call;
    try {
      const response = await (this.#options.fetchImpl ?? undiciFetch)(this.#root + path, {
        method,
        headers: {
          accept: 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(form && { body: new URLSearchParams(form).toString() }),
        ...(body && { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        dispatcher: this.#agent,
      });
      const { status, headers } = response;
      return { status, headers, body: new Uint8Array(await response.arrayBuffer()) };
    } catch (error) {
      const text = `Tink gave no answer to ${label}. Check the network and TINK_BASE_URL.`;
      throw new ProviderError('retry', 'tink.unreachable', text, { cause: error });
    }
  }
}
