import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConnectionView } from '#client';
import { asSealed, Vault } from '#vault';
import {
  eventually,
  filesWith,
  freshIban,
  freshTenant,
  LogReader,
  openLinkAndImport,
  openConnection,
  quietHistory,
  type Stack,
  startStack,
  syncNow,
} from './harness/index.js';

const TENANT_KEY = 'canary-tenant-key';

let stack: Stack;
let log: LogReader;
let wire: NatsConnection;
let linked: ConnectionView;
let waiting: ConnectionView;
/** Everything that any program said to another over NATS. */
const overheard: string[] = [];

beforeAll(async () => {
  stack = await startStack({
    env: { LOG_LEVEL: 'debug', PASSERELLE_TENANT_API_KEYS: `canary:${TENANT_KEY}` },
  });
  log = new LogReader(stack);
  wire = await connect({ servers: stack.endpoints.natsUrl.replace('nats://', '') });
  wire.subscribe('>', {
    callback: (_, message) => {
      const headers = JSON.stringify([...(message.headers ?? [])]);
      overheard.push(`${message.subject} ${headers} ${message.string()}`);
    },
  });
  await wire.flush();
});
afterAll(async () => {
  await wire?.close();
  await log?.close();
  await stack?.dispose();
});

/** A bit of everything, failures among it, so that secrets have many ways to get where they must not. */
const work = async (): Promise<void> => {
  linked = await openLinkAndImport(stack);
  waiting = await openConnection(stack, freshIban(), { tenantId: freshTenant() });
  await stack.call('/v1/connections', { key: TENANT_KEY });
  await stack.call('/v1/connections', { key: `${stack.endpoints.apiKey}x` });
  const [{ id: providerConnectionId } = { id: 0 }] = await stack.sandbox.connectionsOf(linked.iban);
  const credentials = { accessToken: await userToken(), providerConnectionId: String(providerConnectionId) };
  const given = {
    tenantId: freshTenant(),
    companyId: 1,
    accountId: 1,
    institutionId: 'BNPAFRPP',
    iban: linked.iban,
  };
  const { id } = await stack.api.openConnection({ ...given, credentials });
  await quietHistory(stack, id);
  await stack.sandbox.fault({ kind: 'status-500', path: '/transactions' });
  await syncNow(stack, linked.id);
  const body = JSON.stringify({ event_type: 'transactions.new', connection_id: linked.id });
  const signature = createHmac('sha256', stack.keys().sandboxWebhookSecret).update(body).digest('hex');
  for (const header of [signature, 'wrong']) {
    await fetch(`${stack.endpoints.webhookUrl}/webhooks/powens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-powens-signature': header },
      body,
    });
  }
  await quietHistory(stack, linked.id);
};

/** The provider's token of the linked connection, as only the holder of the key can read it. */
const userToken = async (): Promise<string> => {
  const events = await log.stream(`connection-${linked.id}`);
  const { data } = events.findLast(({ type }) => type === 'ConnectionLinked') ?? { data: {} };
  const { sealedToken = '' } = data as { sealedToken?: string };
  return new Vault(stack.keys().encryptionKey).open(asSealed(sealedToken)).reveal();
};

it('no secret is in any log file, event, message or table', async () => {
  await work();
  const { apiKey, encryptionKey, sandboxClientSecret, sandboxWebhookSecret } = stack.keys();
  const link = new URL(waiting.linkUrl ?? '');
  const secrets: Record<string, string> = {
    apiKey,
    tenantApiKey: TENANT_KEY,
    encryptionKey,
    clientSecret: sandboxClientSecret,
    webhookSecret: sandboxWebhookSecret,
    userToken: await userToken(),
  };
  const events = (await log.all()).map((event) =>
    JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
  expect(
    events.filter((text) => text.includes(linked.id)),
    'the scan sees what is there',
  ).not.toEqual([]);
  await eventually(() => expect(overheard.filter((text) => text.includes(linked.id))).not.toEqual([]));
  const ownLines = readFileSync(stack.logFile, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('  API key'));
  const bySecret = Object.entries({
    ...secrets,
    linkState: link.searchParams.get('state') ?? '',
    linkCode: link.searchParams.get('code') ?? '',
  });
  for (const [name, secret] of bySecret) {
    expect(secret.length, `${name} is there`).toBeGreaterThan(8);
    expect(
      events.filter((text) => text.includes(secret)),
      `${name} in the log`,
    ).toEqual([]);
    expect(
      ownLines.filter((line) => line.includes(secret)),
      `${name} in what the stack printed`,
    ).toEqual([]);
  }
  for (const [name, secret] of Object.entries(secrets)) {
    expect(
      overheard.filter((text) => text.includes(secret)),
      `${name} on NATS`,
    ).toEqual([]);
    // What the stack printed once for its owner is not for this scan; the bank keeps its own tokens.
    writeFileSync(stack.logFile, ownLines.join('\n'));
    const folders = ['logs', 'event-store', 'nats', 'postgres'].map((folder) => join(stack.dataDir, folder));
    expect(filesWith(secret, folders), `${name} in a file`).toEqual([]);
  }
});
