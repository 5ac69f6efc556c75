import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { errorText } from '#kernel';
import { powensWebhookReader, signPowens, type WebhookReader, type WebhookVerdict } from '#providers';

/** The door does not get what is sent to it. */
export class SelfCheckFailed extends Error {
  override readonly name = 'SelfCheckFailed';
}

const ANSWER_WITHIN_MS = 10_000;

/** JSON, or nearly, that nobody who reads and writes it again would leave as it is; its end is no UTF-8. */
const ODD_BODY = Buffer.concat([
  Buffer.from(
    '\uFEFF{ "b" :1.0,\t"a":1e2, "a":-0, "é\\u00e9 😀":"\\/",\r\n"__proto__":{"x":12345678901234567890.10} }\n\n',
  ),
  Buffer.from([0xff, 0x00, 0xc3]),
]);

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const reachable = (url: string): string =>
  url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');

/**
 * A request of the door to itself over real HTTP, signed with a secret of this moment: it proves that the bytes which are
 * sent are the bytes which are verified. Nothing of it is stored or counted.
 */
export class SelfCheck {
  readonly #secret = randomBytes(32).toString('base64url');
  readonly #inner = powensWebhookReader([this.#secret]);
  readonly #path: string;
  #signature: string | null = null;
  #seen: string | null = null;
  #fingerprint: string | null = null;

  /** @param publicPath prefix under which a proxy publishes the door */
  constructor(readonly publicPath: string) {
    this.#path = '/webhooks/powens';
  }

  /** What the check's own requests are verified by, only while it runs. */
  get readers(): readonly WebhookReader[] {
    return this.#signature === null ? [] : [{ ...this.#inner, read: (sent) => this.#read(sent) }];
  }

  isOwn(verdict: WebhookVerdict): boolean {
    return verdict.kind === 'verified' && verdict.secretFingerprint === this.#fingerprint;
  }

  /** @throws {SelfCheckFailed} with what is wrong, in a sentence */
  async run(url: string): Promise<void> {
    try {
      for (const inPieces of [true, false]) await this.#send(reachable(url), inPieces);
    } finally {
      this.#signature = null;
      this.#fingerprint = null;
    }
  }

  #read(sent: Parameters<WebhookReader['read']>[0]): WebhookVerdict {
    const verdict = this.#inner.read(sent);
    if (sent.headers['bi-signature'] !== this.#signature) return verdict;
    this.#seen = digestOf(sent.rawBody);
    if (verdict.kind === 'verified') this.#fingerprint = verdict.secretFingerprint;
    return verdict;
  }

  async #send(url: string, inPieces: boolean): Promise<void> {
    this.#seen = null;
    const date = new Date().toISOString();
    const delivery = { path: this.publicPath + this.#path, date, rawBody: ODD_BODY };
    this.#signature = signPowens(this.#secret, delivery);
    const status = await this.#statusOf(url, inPieces, {
      'bi-signature': this.#signature,
      'bi-signature-date': date,
      'content-type': 'application/json; charset=utf-8',
    });
    if (this.#seen !== null && this.#seen !== digestOf(ODD_BODY)) {
      throw new SelfCheckFailed(
        'The webhook door does not get bodies as they are sent, so no signature could be verified: something before it reads, parses or rewrites them.',
      );
    }
    if (this.#seen === null || status !== 200) {
      throw new SelfCheckFailed(
        `The webhook door answered ${status} to its own request on ${url}${this.#path}${this.#seen === null ? ', which did not reach the verifier' : ''}: something before it answers or changes requests.`,
      );
    }
  }

  async #statusOf(url: string, inPieces: boolean, headers: Record<string, string>): Promise<number> {
    const call = request(url + this.#path, {
      method: 'POST',
      agent: false,
      headers: inPieces ? headers : { ...headers, 'content-length': ODD_BODY.byteLength },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    try {
      const answered = once(call, 'response') as Promise<[IncomingMessage]>;
      if (inPieces) {
        const half = ODD_BODY.byteLength >> 1;
        call.write(ODD_BODY.subarray(0, half));
        setImmediate(() => call.end(ODD_BODY.subarray(half)));
      } else call.end(ODD_BODY);
      const [answer] = await answered;
      answer.resume();
      return answer.statusCode ?? 0;
    } catch (error) {
      throw new SelfCheckFailed(
        `The webhook door does not answer its own request on ${url}: ${errorText(error)}`,
        {
          cause: error,
        },
      );
    }
  }
}
