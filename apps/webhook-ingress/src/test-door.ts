import { randomBytes } from 'node:crypto';
import type { EventStore } from '#event-store';
import { SystemClock } from '#kernel';
import { AlsCorrelationScope, createLogger, type HttpApp, loadConfig } from '#platform';
import { signPowens } from '#providers';
import { type DoorChanges, startWebhookIngress } from './start.js';

/** A door for specs: real, on a port of its own, with the secrets of this moment. */
export interface TestDoor {
  readonly http: HttpApp;
  readonly port: number;
  /** Everything that it logged. */
  readonly lines: readonly string[];
  /** The first figure whose line begins so; 0 without one. */
  figure(name: string): Promise<number>;
  count(outcome: string): Promise<number>;
}

export const SECRET = randomBytes(18).toString('base64url');
export const KEY = `${randomBytes(32).toString('base64url')}=`;
export const PATH = '/webhooks/powens/connection-deleted';

export const startTestDoor = async (
  store: EventStore,
  settings: Readonly<Record<string, string>> = {},
  changes: DoorChanges = {},
): Promise<TestDoor> => {
  const lines: string[] = [];
  const env = {
    EVENTSTORE_URL: 'kurrentdb://127.0.0.1:1?tls=false',
    ENCRYPTION_KEY: KEY,
    WEBHOOK_PORT: '0',
    POWENS_WEBHOOK_SECRET: SECRET,
    ...settings,
  };
  const config = loadConfig(env, { app: 'webhook-ingress', embedded: false });
  const write = (line: string): void => void lines.push(line);
  const logger = createLogger({ app: 'webhook-ingress', level: 'trace', destination: { write } });
  const resources = { config, store, correlation: new AlsCorrelationScope(), clock: new SystemClock() };
  const http = await startWebhookIngress(resources, { logger, ...changes });
  const figure = async (name: string): Promise<number> => {
    const text = await (await fetch(`${http.url}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(name));
    return Number(line?.split(' ').at(-1) ?? 0);
  };
  return {
    http,
    port: Number(new URL(http.url).port),
    lines,
    figure,
    count: (outcome) => figure(`passerelle_webhooks_total{provider="powens",outcome="${outcome}"`),
  };
};

let lastId = Date.now();

/** A body of Powens that was never sent before. */
export const freshBody = (filler = ''): string =>
  JSON.stringify({ id_webhook_data: ++lastId, id: 1, id_user: 2, filler });

export const signedHeaders = (
  rawBody: string | Uint8Array,
  { secret = SECRET, path = PATH }: { readonly secret?: string; readonly path?: string } = {},
): Record<string, string> => {
  const date = new Date().toISOString();
  return { 'bi-signature': signPowens(secret, { path, date, rawBody }), 'bi-signature-date': date };
};

/** What a right signature looks like, and is none. */
export const shapedHeaders = (): Record<string, string> => signedHeaders('', { secret: 'somebody else' });

/** The head of a request as it stands on the wire. */
export const rawHead = (headers: Readonly<Record<string, string | number>>, path = PATH): string =>
  [
    `POST ${path} HTTP/1.1`,
    'Host: door',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ].join('\r\n') + '\r\n\r\n';

export const deliver = (
  { http }: TestDoor,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = signedHeaders(body),
): Promise<Response> =>
  fetch(http.url + PATH, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) });
