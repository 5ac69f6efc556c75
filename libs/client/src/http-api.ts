import { PasserelleProblem } from './passerelle-problem.js';

export interface PasserelleClientOptions {
  /** Where the gateway is, such as `https://passerelle.internal`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** In which all words for people are told (default English). */
  readonly language?: 'en' | 'fr';
  /** How long one call may take, beyond the waiting it asks for itself (default 15 s). */
  readonly timeoutMs?: number;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Members that are `undefined` are left out. */
  readonly query?: object;
  readonly body?: object;
  readonly idempotencyKey?: string | undefined;
  readonly extraMs?: number;
}

/** One call of the HTTP API. @throws {PasserelleProblem} any answer but a success, or none */
export const callApi = async <T>(options: PasserelleClientOptions, call: HttpCall): Promise<T> => {
  const response = await fetch(addressOf(options.baseUrl, call), {
    method: call.method,
    headers: {
      authorization: `Bearer ${options.apiKey}`,
      accept: 'application/json, application/problem+json',
      ...(options.language === undefined ? {} : { 'accept-language': options.language }),
      ...(call.body ? { 'content-type': 'application/json' } : {}),
      ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
    },
    ...(call.body ? { body: JSON.stringify(call.body) } : {}),
    signal: AbortSignal.timeout((options.timeoutMs ?? 15_000) + (call.extraMs ?? 0)),
  }).catch((cause: unknown) => {
    const title = `No answer to ${call.method} ${call.path} from ${options.baseUrl}.`;
    throw new PasserelleProblem(null, { code: 'client.unreachable', title }, { cause });
  });
  const text = await response.text();
  if (!response.ok) throw new PasserelleProblem(response.status, membersOf(text));
  return (text === '' ? undefined : JSON.parse(text)) as T;
};

const addressOf = (baseUrl: string, { path, query = {} }: HttpCall): URL => {
  const address = new URL(baseUrl.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  return address;
};

/** A proxy may answer with a page of its own instead of a problem. */
const membersOf = (text: string): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};
