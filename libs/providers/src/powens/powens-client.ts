import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, later, SystemClock } from '#kernel';
import { Agent, fetch as undiciFetch } from 'undici';
import { apiRoot } from '../api-root.js';
import { type CallCount, ProviderError } from '../bank-provider.js';
import type { CallBudget } from '../call-budget.js';
import { parseLossless, stringifyLossless } from '../lossless-json.js';
import { errorOfAnswer, errorOfSilence, outcomeUnknown } from './powens-error.js';

export type Fetch = typeof undiciFetch;

const TIMEOUT_MS = 30_000;
const TRIES = 3;
const FIRST_PAUSE_MS = 500;
/** A longer `Retry-After` is handed to the caller, whose queue waits better than we do. */
const MAX_WAIT_MS = 60_000;
/** Headers were seen that spoke of decades; nothing waits longer than this for a word of the provider. */
const LONGEST_RETRY_AFTER_MS = 86_400_000;
/** Others may be quicker, minute after minute; an attempt that ends would have to read all its pages again. */
const MAX_BUDGET_WAIT_MS = 300_000;
/** A page of 1000 rows is one or two; an answer without end must not take all memory. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);
const UNAVAILABLE = new Set([502, 503, 504]);
/** Nothing was sent, and the wait that was worth it is over. */
const BUDGET = new Set(['powens.budget-spent', 'powens.budget-unknown']);

export interface PowensCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the API root (`/users/me`), or an absolute address of the same origin. */
  readonly path: string;
  /** A person's token; absent: the body carries the client credentials. */
  readonly token?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** 30 s unless said; a call that starts a sync needs 180 s, because Powens asks the bank before it answers. */
  readonly timeoutMs?: number;
  /** Longest wait between two tries that is worth it; a minute unless a person waits for the answer. */
  readonly patienceMs?: number;
  /** How often it is sent at most where repeating is harmless; three times unless said. */
  readonly tries?: number;
  /** Never sent twice: it creates a user or burns a single-use code. */
  readonly mustNotRepeat?: boolean;
  /** Powens' id of the connection that it is about, for the budget of calls. */
  readonly connection?: string | null | undefined;
  /** A person waits for the answer: goes before what nobody waits for. */
  readonly attended?: boolean | undefined;
  /** Counts every request sent, repetitions included. */
  readonly calls?: CallCount | undefined;
}

export interface PowensClientOptions {
  /** API root with its `/2.0`; `https`, or `http` to this very machine. */
  readonly baseUrl: string;
  /** A function, so that the secret shows up in no dump of an object. */
  readonly clientSecret: () => string;
  readonly fetchImpl?: Fetch | undefined;
  /** Waits between tries; replaced in tests. */
  readonly pause?: ((ms: number) => Promise<unknown>) | undefined;
  /** From 0 to 1, for the jitter between tries; replaced in tests. */
  readonly random?: (() => number) | undefined;
  /** Asked before every request, repetitions included; absent: the provider sets no limit that we know. */
  readonly budget?: CallBudget | undefined;
  /** For a date in `Retry-After`. */
  readonly clock?: Clock | undefined;
}

/** Of seconds or an HTTP date; a time that has passed is none to wait for. */
const retryAfterOf = (header: string | null, now: string): number | undefined => {
  if (header === null) return undefined;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.parse(now);
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_RETRY_AFTER_MS);
};

/** `GET /users/me/connections/…`: no query, no ids. */
const labelOf = (method: string, url: URL, root: URL): string =>
  `${method} ${url.pathname.slice(root.pathname.length).replaceAll(/\/\d+(?=\/|$)/g, '/…')}`;

/** Powens over HTTP: one request, repeated where that is harmless, its failure classified. Throws {@link ProviderError} only. */
export class PowensClient {
  readonly root: URL;
  private readonly agent = new Agent({
    connections: 32,
    keepAliveTimeout: 10_000,
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  private readonly fetchImpl: Fetch;
  private readonly pause: (ms: number) => Promise<unknown>;
  private readonly random: () => number;
  private readonly clock: Clock;

  constructor(private readonly options: PowensClientOptions) {
    this.root = apiRoot(options.baseUrl, 'POWENS_BASE_URL');
    this.fetchImpl = options.fetchImpl ?? undiciFetch;
    this.pause = options.pause ?? delay;
    this.random = options.random ?? Math.random;
    this.clock = options.clock ?? new SystemClock();
  }

  /** The answer's JSON with numbers as text ({@link parseLossless}); `null` when it has no body. */
  async call(call: PowensCall): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(call);
      } catch (error) {
        const waitMs = error instanceof ProviderError ? this.waitBefore(call, error, attempt + 1) : undefined;
        if (waitMs === undefined) throw error;
        await this.pause(waitMs);
      }
    }
  }

  /** Absolute address of a path below the API root. */
  addressOf(path: string): string {
    return this.root.href.replace(/\/$/, '') + path;
  }

  /**
   * Absolute address of a link in an answer, which may be relative. A link that leaves the API's origin is refused: the
   * person's token goes along with the request.
   */
  follow(link: string): string {
    const { root } = this;
    const url = URL.canParse(link, root) ? new URL(link, root) : undefined;
    // A name before the host is no part of the origin; our token is the only one who speaks for the person.
    if (url?.origin !== root.origin || url.username !== '' || url.password !== '') {
      const text =
        'Powens linked to a page outside its own API; it is not followed, because the token would go along.';
      throw new ProviderError('bug', 'powens.foreign-link', text);
    }
    return url.href;
  }

  /** Closes kept connections once they are idle. */
  close(): Promise<void> {
    return this.agent.close();
  }

  private async once(call: PowensCall): Promise<unknown> {
    const url = new URL(call.path.startsWith('/') ? this.addressOf(call.path) : this.follow(call.path));
    const label = labelOf(call.method, url, this.root);
    await this.waitForLeave(call, label);
    const answer = await this.send(call, url, label);
    if (answer.status < 200 || answer.status > 299) {
      throw errorOfAnswer(answer, {
        label,
        credentials: call.token === undefined ? 'client' : 'user',
        mustNotRepeat: call.mustNotRepeat === true,
        secrets: [call.token ?? '', this.options.clientSecret()],
      });
    }
    if (answer.body.length === 0) return null;
    try {
      return parseLossless(new TextDecoder().decode(answer.body));
    } catch {
      if (call.mustNotRepeat === true) throw outcomeUnknown(label, { status: answer.status });
      // No cause: a parser's message may quote the answer, and answers hold tokens.
      const text = `Powens' answer to ${label} is no JSON (${answer.body.length} bytes). It is tried again.`;
      throw new ProviderError('retry', 'powens.unreadable-answer', text, { status: answer.status });
    }
  }

  /** Sits a wait out where that is worth it; else tells when the next call is allowed. Nothing has been sent by then. */
  private async waitForLeave(call: PowensCall, label: string): Promise<void> {
    const { connection = null, attended = false } = call;
    const patienceMs = call.patienceMs ?? (attended ? MAX_WAIT_MS : MAX_BUDGET_WAIT_MS);
    for (let waitedMs = 0; ;) {
      const waitMs = await this.leave({ domain: this.root.host, connection, attended });
      if (waitMs === 0) return;
      if (waitedMs + waitMs > patienceMs) {
        const at = later(this.clock.now(), waitMs);
        const text = `No call of this minute's budget is left for ${label}; the next one is allowed at ${at}.`;
        throw new ProviderError('retry-after', 'powens.budget-spent', text, { retryAfterMs: waitMs });
      }
      await this.pause(waitMs);
      waitedMs += waitMs;
    }
  }

  private async leave(request: Parameters<CallBudget['take']>[0]): Promise<number> {
    try {
      return (await this.options.budget?.take(request)) ?? 0;
    } catch (cause) {
      const text = 'The budget of calls to Powens cannot be read; nothing was sent. It is tried again.';
      throw new ProviderError('retry', 'powens.budget-unknown', text, { cause });
    }
  }

  private async send(call: PowensCall, url: URL, label: string) {
    if (call.token !== undefined && !/^[\x21-\x7e]+$/.test(call.token)) {
      throw new ProviderError('needs-user', 'powens.token-refused', `The access token for ${label} has illegal characters.`); // prettier-ignore
    }
    if (call.calls) call.calls.count += 1;
    try {
      const response = await this.fetchImpl(url, {
        method: call.method,
        headers: {
          accept: 'application/json',
          ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(call.body === undefined ? {} : { body: stringifyLossless(call.body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(call.timeoutMs ?? TIMEOUT_MS),
        dispatcher: this.agent,
      });
      return {
        status: response.status,
        retryAfterMs: retryAfterOf(response.headers.get('retry-after'), this.clock.now()),
        body: new Uint8Array(await response.arrayBuffer()),
      };
    } catch (error) {
      throw errorOfSilence(error, label, call.mustNotRepeat === true);
    }
  }

  /** How long to wait before the next try; `undefined`: there is none. */
  private waitBefore(call: PowensCall, error: ProviderError, nextTry: number): number | undefined {
    if (nextTry > (call.tries ?? TRIES) || call.mustNotRepeat === true || BUDGET.has(error.code))
      return undefined;
    // Exponential with ±20 % jitter, so that many workers do not come back at the same moment.
    const usualMs = FIRST_PAUSE_MS * 4 ** (nextTry - 2) * (0.8 + this.random() * 0.4);
    if (error.kind === 'retry-after') {
      // `Retry-After: 0`, or a date that has passed, is no leave to ask at once.
      const waitMs = Math.max(error.options.retryAfterMs ?? 0, usualMs);
      return waitMs <= (call.patienceMs ?? MAX_WAIT_MS) ? waitMs : undefined;
    }
    const { status } = error.options;
    const isPassing = error.kind === 'retry' && (status === undefined || UNAVAILABLE.has(status));
    return isPassing && REPEATABLE.has(call.method) ? usualMs : undefined;
  }
}
