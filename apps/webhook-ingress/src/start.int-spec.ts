import { randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type EventStore, EventStoreUnavailable, KurrentEventStore } from '#event-store';
import { Secret, streamOf, SystemClock } from '#kernel';
import { AlsCorrelationScope, createLogger, type DoorConfig, type HttpApp, loadConfig } from '#platform';
import { signGuide, signPowens } from '#providers';
import { engineUrls, rawCall, RawConnection } from '#testing';
import { generateKey, Vault } from '#vault';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type DoorChanges, startWebhookIngress } from './start.js';

const SECRET = randomBytes(18).toString('base64url');
const KEY = generateKey();
const MIB = 1024 * 1024;

let store: KurrentEventStore;
beforeAll(() => {
  store = new KurrentEventStore(engineUrls().eventStoreUrl);
});
afterAll(() => store.close());

interface Door {
  readonly http: HttpApp;
  readonly port: number;
  readonly lines: readonly string[];
  metric(line: string): Promise<number>;
}

const startDoor = async (
  settings: Readonly<Record<string, string>> = {},
  changes: DoorChanges = {},
  on: EventStore = store,
): Promise<Door> => {
  const lines: string[] = [];
  const config: DoorConfig = loadConfig(
    {
      EVENTSTORE_URL: 'kurrentdb://127.0.0.1:1?tls=false',
      ENCRYPTION_KEY: KEY,
      WEBHOOK_PORT: '0',
      POWENS_WEBHOOK_SECRET: SECRET,
      ...settings,
    },
    { app: 'webhook-ingress', embedded: false },
  );
  const logger = createLogger({
    app: 'webhook-ingress',
    destination: { write: (line) => void lines.push(line) },
  });
  const http = await startWebhookIngress(
    { config, store: on, correlation: new AlsCorrelationScope(), clock: new SystemClock() },
    { logger, ...changes },
  );
  onTestFinished(() => http.stop());
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${http.url}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name}`))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  };
  return { http, port: Number(new URL(http.url).port), lines, metric };
};

let webhookId = Date.now();
const notice = (filler = ''): string => JSON.stringify({ id_webhook_data: ++webhookId, id: 1, filler });

const PATH = '/webhooks/powens/connection-deleted';

const signed = (body: string | Uint8Array, secret = SECRET, path = PATH): Record<string, string> => {
  const date = new Date().toISOString();
  return { 'bi-signature': signPowens(secret, { path, date, rawBody: body }), 'bi-signature-date': date };
};

const headOf = (headers: Readonly<Record<string, string | number>>, path = PATH): string =>
  `POST ${path} HTTP/1.1\r\nHost: door\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

const deliver = ({ http }: Door, body: string, headers = signed(body)): Promise<Response> =>
  fetch(http.url + PATH, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) });

it('delivers, and tells of what it did in figures', async () => {
  const door = await startDoor();
  const body = notice();
  const headers = signed(body);
  expect(await (await deliver(door, body, headers)).json()).toMatchObject({ status: 'accepted' });
  expect(await (await deliver(door, body, headers)).json()).toMatchObject({ status: 'duplicate' });
  expect((await deliver(door, body, signed(body, 'another secret'))).status).toBe(401);
  const count = (outcome: string) =>
    door.metric(`passerelle_webhooks_total{provider="powens",outcome="${outcome}"`);
  expect([await count('accepted'), await count('duplicate'), await count('wrong-signature')]).toEqual([
    1, 1, 1,
  ]);
  expect(await door.metric('passerelle_webhook_append_duration_seconds_count')).toBe(2);
  expect(await door.metric('passerelle_webhook_body_bytes_in_flight')).toBe(0);
});
