import { createHash, randomBytes } from 'node:crypto';
import { type WebhookKeysCommand, webhookKeys } from '#domain';
import { type EventStore, EventStoreUnavailable, runDecider } from '#event-store';
import { anyMetadata, InMemoryEventStore } from '#testing';
import { generateKey, Vault } from '#vault';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  deliver,
  freshBody,
  KEY,
  shapedHeaders,
  signedHeaders,
  startTestDoor,
  type TestDoor,
} from '../test-door.js';

const NOW = '2026-11-22T10:00:00.000Z';

const metadata = () => anyMetadata();

const fingerprintOf = (secret: string): string =>
  createHash('sha256').update(secret).digest('hex').slice(0, 8);

/** What registration and retirement write. */
const registrar = (store: EventStore, key = KEY) => {
  const vault = new Vault(key);
  const run = (command: WebhookKeysCommand): Promise<unknown> =>
    runDecider({ store }, webhookKeys, 'powens', command, { metadata: metadata() });
  return {
    add: (secret: string): Promise<unknown> =>
      run({
        type: 'AddWebhookSecret',
        provider: 'powens',
        name: `passerelle ${fingerprintOf(secret)}`,
        externalId: '7',
        sealedSecret: vault.seal(secret),
        fingerprint: fingerprintOf(secret),
        url: null,
        now: NOW,
      }),
    retire: (secret: string): Promise<unknown> =>
      run({ type: 'RetireWebhookSecret', fingerprint: fingerprintOf(secret), now: NOW }),
  };
};

const freshSecret = (): string => randomBytes(18).toString('base64url');

const statusUnder = async (door: TestDoor, secret: string): Promise<number> => {
  const body = freshBody();
  return (await deliver(door, body, signedHeaders(body, { secret }))).status;
};

const start = async (store: EventStore): Promise<TestDoor> => {
  const door = await startTestDoor(store, {}, { refreshMs: 50 });
  onTestFinished(() => door.http.stop());
  return door;
};

const until = async (check: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('It did not come about.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('a webhook secret that was registered', () => {
  it('is live at the start, as is one that comes later, until it is retired', async () => {
    const store = new InMemoryEventStore();
    const { add, retire } = registrar(store);
    const [early, late] = [freshSecret(), freshSecret()];
    await add(early);
    const door = await start(store);
    expect([await statusUnder(door, early), await statusUnder(door, late)]).toEqual([200, 401]);
    await add(late);
    await until(async () => (await statusUnder(door, late)) === 200);
    expect(await statusUnder(door, early)).toBe(200);
    await retire(early);
    await until(async () => (await statusUnder(door, early)) === 401);
    expect(await statusUnder(door, late)).toBe(200);
    expect(door.lines.join('')).not.toContain(late);
  });

  it('stays live while the log cannot be read', async () => {
    const store = new InMemoryEventStore();
    const { add } = registrar(store);
    const secret = freshSecret();
    await add(secret);
    let failures = 0;
    const door = await start(store);
    store.readStream = () => {
      failures++;
      throw new EventStoreUnavailable('away');
    };
    await until(() => Promise.resolve(failures > 2));
    expect(await statusUnder(door, secret)).toBe(200);
  });
});

describe('a signature that matches no secret', () => {
  it('is not called wrong before the registered secrets are known: it is to be delivered again', async () => {
    const store = new InMemoryEventStore();
    const read = store.readStream.bind(store);
    store.readStream = () => {
      throw new EventStoreUnavailable('away');
    };
    const door = await start(store);
    const ready = async (): Promise<number> => (await fetch(`${door.http.url}/health/ready`)).status;
    expect((await deliver(door, freshBody(), shapedHeaders())).status).toBe(503);
    expect(await ready()).toBe(503);
    store.readStream = read;
    await until(async () => (await deliver(door, freshBody(), shapedHeaders())).status === 401);
    expect(await ready()).toBe(200);
  });

  it('nor when one of them cannot be opened', async () => {
    const store = new InMemoryEventStore();
    await registrar(store, generateKey()).add(freshSecret());
    const door = await start(store);
    expect((await deliver(door, freshBody(), shapedHeaders())).status).toBe(503);
    const ready = await fetch(`${door.http.url}/health/ready`);
    expect(JSON.stringify(await ready.json())).toMatch(/no key of ENCRYPTION_KEY opens .* [0-9a-f]{8}/);
  });
});

it('does not start with a key that is not that of the log', async () => {
  const store = new InMemoryEventStore();
  const event = {
    type: 'VaultKeyProved',
    data: { sealed: new Vault(generateKey()).seal('proof') },
    metadata: metadata(),
  };
  await store.append('passerelle-vault', 'no-stream', [event]);
  await expect(startTestDoor(store)).rejects.toThrow('ENCRYPTION_KEY: does not open');
});
