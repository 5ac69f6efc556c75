import { ProviderError, type ProviderErrorKind } from '../bank-provider.js';
import { asRecord, asText } from '../json-fields.js';
import type { ProviderCode } from '../provider-code.js';
import { tryParseLossless } from '../lossless-json.js';
import { sanitise } from '../sanitise.js';

/** An answer that is no success. */
export interface FailedAnswer {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly body: Uint8Array;
}

/** Which request failed, in words that hold no id and no query: `GET /users/me/transactions`. */
export interface FailedCall {
  readonly label: string;
  /** `client`: the request carried our client credentials; `user`: a person's token. */
  readonly credentials: 'client' | 'user';
  /** It creates a user or burns a single-use code: an answer that leaves open whether it did is no invitation to repeat. */
  readonly mustNotRepeat?: boolean;
  /** Literal values that must not appear in any message. */
  readonly secrets: readonly string[];
}

type Verdict = readonly [kind: ProviderErrorKind, code: ProviderCode, nextStep: string];

/** Powens asks to branch on its codes before the status; both spellings of some occur, so they are compared in lower case. */
const BY_CODE: Readonly<Record<string, Verdict>> = {
  noaccount: ['permanent', 'powens.no-account', 'No bank account is shared; ask the person to share one.'],
  wrongpass: ['needs-user', 'powens.wrong-password', 'The bank refused the login; ask the person to repair the link.'],
  actionneeded: ['needs-user', 'powens.action-needed', "The person must act on the bank's own site."],
  bankmessage: ['needs-user', 'powens.bank-message', "The person must read a message on the bank's own site."],
  websiteunavailable: ['retry', 'powens.bank-unavailable', 'The bank does not answer.'],
  toomanysync: ['retry', 'powens.too-many-syncs', 'Powens refreshed this connection just now.'],
  connectionlocked: ['permanent', 'powens.connection-locked', 'The connection is read-only at Powens.'],
  notsupported: ['permanent', 'powens.not-supported', 'Powens cannot do this for this bank.'],
  bug: ['retry', 'powens.server-error', 'Powens has an internal error.'],
  config: ['permanent', 'powens.configuration', 'Check the domain’s configuration in the Powens console.'],
}; // prettier-ignore

const refused = (credentials: FailedCall['credentials']): Verdict =>
  credentials === 'client'
    ? [
        'permanent',
        'powens.client-refused',
        'Check POWENS_CLIENT_ID, POWENS_CLIENT_SECRET and POWENS_BASE_URL.',
      ]
    : [
        'needs-user',
        'powens.token-refused',
        'Renew the access once and repeat; if refused again, the person must link anew.',
      ];

const byStatus = (status: number, credentials: FailedCall['credentials']): Verdict => {
  if (status === 401 || status === 403) return refused(credentials);
  if (status === 404)
    return ['permanent', 'powens.not-found', 'It does not exist for this user, or no longer.'];
  if (status === 409) return ['retry', 'powens.conflict', 'Powens is busy with this connection.'];
  if (status === 429) return ['retry-after', 'powens.rate-limited', 'Too many requests for this domain.'];
  if (status === 408) return ['retry', 'powens.timeout', 'Powens gave up waiting.'];
  if (status >= 500) return ['retry', 'powens.unavailable', 'Powens cannot serve this now.'];
  if (status < 400) return ['bug', 'powens.redirected', 'Check POWENS_BASE_URL: the API does not redirect.'];
  return ['bug', 'powens.invalid-request', 'The request was not understood; please report it.'];
};

const verdictOf = (code: string, status: number, credentials: FailedCall['credentials']): Verdict => {
  const key = code.toLowerCase();
  const byCode = Object.hasOwn(BY_CODE, key) ? BY_CODE[key] : undefined;
  return status === 429 || byCode === undefined ? byStatus(status, credentials) : byCode;
};

const OUTCOME_UNKNOWN: Verdict = [
  'permanent',
  'powens.outcome-unknown',
  'It may have been carried out and is not repeated by itself. Start again by hand.',
];

/** A request that may have been carried out, and whose repetition could create a second, billable user. */
export const outcomeUnknown = (
  label: string,
  options: { readonly status?: number; readonly cause?: unknown } = {},
): ProviderError => {
  const [kind, code, nextStep] = OUTCOME_UNKNOWN;
  return new ProviderError(kind, code, `No clear answer to ${label}. ${nextStep}`, options);
};

/** What a server or a proxy says that may have carried the request out; 503 is a refusal. */
const LEAVES_OPEN = new Set([500, 502, 504]);

/** Classifies an unsuccessful answer, once and for all callers. The body may be HTML: a CDN stands in front. */
export const errorOfAnswer = (answer: FailedAnswer, call: FailedCall): ProviderError => {
  const envelope = asRecord(tryParseLossless(answer.body));
  const code = asText(envelope?.['code']) ?? asText(envelope?.['error']) ?? '';
  const [kind, ours, nextStep] =
    call.mustNotRepeat === true && LEAVES_OPEN.has(answer.status)
      ? OUTCOME_UNKNOWN
      : verdictOf(code, answer.status, call.credentials);
  const text = envelope === null
    ? new TextDecoder().decode(answer.body.subarray(0, 20_000))
    : [envelope['message'], envelope['description'] ?? envelope['error_description']].map((part) => asText(part) ?? '').join(' '); // prettier-ignore
  const details = [
    code && `code ${sanitise(code, call.secrets).slice(0, 64)}`,
    envelope?.['request_id'] ? `request ${sanitise(asText(envelope['request_id']) ?? '', call.secrets)}` : '',
    sanitise(text, call.secrets),
  ].filter((part) => part !== '');
  const said = details.length > 0 ? ` (${details.join('; ')})` : '';
  return new ProviderError(
    kind,
    ours,
    `Powens answered ${answer.status} to ${call.label}${said}. ${nextStep}`,
    {
      status: answer.status,
      ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
    },
  );
};

/** Codes of failures that happen before anything was sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

const systemCodeOf = (error: unknown): string => {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause]
    .map((each) => (each instanceof Error && 'code' in each ? each.code : undefined))
    .find((code): code is string => typeof code === 'string') ?? 'unknown'; // prettier-ignore
};

/**
 * Classifies a request that got no answer. With `mustNotRepeat`, a request that may have arrived is not offered for repetition:
 * it could create a second, billable user.
 */
export const errorOfSilence = (error: unknown, label: string, mustNotRepeat: boolean): ProviderError => {
  const code = systemCodeOf(error);
  const timedOut = error instanceof Error && error.name === 'TimeoutError';
  if (mustNotRepeat && !NOT_SENT.has(code)) return outcomeUnknown(label, { cause: error });
  return timedOut
    ? new ProviderError('retry', 'powens.timeout', `Powens did not answer ${label} in time.`, { cause: error })
    : new ProviderError('retry', 'powens.unreachable', `Powens cannot be reached for ${label} (${sanitise(code)}).`, { cause: error }); // prettier-ignore
};
