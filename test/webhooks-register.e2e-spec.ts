import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedEvent } from '#kernel';
import { asSealed, Vault } from '#vault';
import {
  eventually,
  filesWith,
  LogReader,
  type Stack,
  stackEnvironment,
  startStack,
} from './harness/index.js';

const run = promisify(execFile);

let stack: Stack;
let log: LogReader;
/** Everything that the command line printed. */
const printed: string[] = [];

beforeAll(async () => {
  stack = await startStack({ env: { LOG_LEVEL: 'debug' } });
  log = new LogReader(stack);
});
afterAll(async () => {
  await log?.close();
  await stack?.dispose();
});

interface Said {
  readonly code: number;
  readonly text: string;
}

/** The real command line, beside the running stack. */
const passerelle = async (...args: readonly string[]): Promise<Said> => {
  const env = stackEnvironment(stack.dataDir, stack.ports, {});
  const answer = await run(process.execPath, ['dist/apps/cli/src/main.js', ...args], {
    env,
    timeout: 60_000,
  }).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      text: error.stdout + error.stderr,
    }),
  );
  printed.push(answer.text);
  return answer;
};

const done = async (...args: readonly string[]): Promise<string> => {
  const answer = await passerelle(...args);
  expect(answer).toMatchObject({ code: 0 });
  return answer.text;
};

/** Fingerprint of what a registration made. */
const registered = async (...args: readonly string[]): Promise<string> => {
  const text = await done('webhooks', 'register', ...args);
  return /fingerprint ([0-9a-f]{8})\) now/.exec(text)?.[1] ?? expect.fail(text);
};

const verifiedBy = (events: readonly RecordedEvent[]): unknown =>
  (events[0]?.data as { secretFingerprint?: string } | undefined)?.secretFingerprint;

let user = 90_000;

/** One webhook of the sandbox bank's Powens side, about a user that nobody knows; its id in the outbox. */
const powensTells = async (): Promise<number> => {
  const before = (await stack.sandbox.webhooks()).at(-1)?.id ?? 0;
  await stack.sandbox.call('POST', '/webhooks', { event: 'USER_DELETED', body: { id: (user += 1) } });
  return eventually(async () => (await stack.sandbox.webhooks(before))[0]?.id ?? expect.fail('none is sent'));
};

/** Which secret the door took a webhook under; the bank repeats it until it is taken. */
const secretOf = (webhook: number): Promise<unknown> =>
  eventually(async () => {
    const fingerprint = verifiedBy(await log.stream(`delivery-powens_${webhook}`));
    expect(fingerprint).toBeDefined();
    return fingerprint;
  });

interface TinkDelivery {
  readonly id: number;
  readonly statuses: readonly number[];
  readonly outcome: string;
}

/** What became of one event of the sandbox bank's Tink side at each enabled endpoint. */
const tinkTells = async (): Promise<readonly TinkDelivery[]> => {
  const { deliveries } = await stack.sandbox.call<{ deliveries: number[] }>('POST', '/tink/events', {
    event: 'refresh:finished',
    context: { userId: `nobody-${(user += 1)}` },
    content: { credentialsId: 'c1', credentialsStatus: 'UPDATED', finished: Date.now() },
  });
  return eventually(async () => {
    const all = await stack.sandbox.call<{ deliveries: TinkDelivery[] }>('GET', '/tink/deliveries');
    const ours = all.deliveries.filter(({ id }) => deliveries.includes(id));
    expect(ours.every(({ outcome }) => outcome !== 'waiting')).toBe(true);
    return ours;
  });
};

const tinkSecrets = async (): Promise<readonly unknown[]> => {
  const events = await log.all();
  return events
    .filter(({ stream, type }) => stream.startsWith('delivery-tink_') && type === 'WebhookReceived')
    .map((event) => verifiedBy([event]));
};

const listed = async (fingerprint: string): Promise<string> => {
  const lines = (await done('webhooks', 'list')).split('\n');
  return lines.find((line) => line.includes(fingerprint)) ?? expect.fail(lines.join('\n'));
};

describe('webhooks of Powens', () => {
  let first: string;
  let second: string;

  it('are signed by a secret that was registered, without a restart of the door', async () => {
    first = await registered('--provider', 'powens');
    expect(printed.at(-1)).toContain(
      `CONNECTION_SYNCED   ${stack.endpoints.webhookUrl}/webhooks/powens/connection-synced`,
    );
    expect(await secretOf(await powensTells())).toBe(first);
    expect(await listed(first)).toMatch(/powens .* live .* registered .* passerelle\w{6} /);
  });

  it('are registered once, however often it is asked for', async () => {
    expect(await done('webhooks', 'register', '--provider', 'powens')).toContain('Nothing is made.');
    expect((await log.stream('webhookkeys-powens')).length).toBe(1);
  });

  it('change to another secret while both are valid, and the old one is retired', async () => {
    const signedBefore = await powensTells();
    second = await registered('--provider', 'powens', '--rotate');
    expect(await secretOf(await powensTells())).toBe(second);
    expect(await secretOf(signedBefore)).toBe(first);
    await done('webhooks', 'retire', first);
    expect(await listed(first)).toMatch(/retired 2/);
    expect(await secretOf(await powensTells())).toBe(second);
  });

  it('are refused under a retired secret, and taken again once a new one signs them', async () => {
    await done('webhooks', 'retire', second, '--here-only');
    const refused = await eventually(async () => {
      const id = await powensTells();
      await eventually(async () => {
        const webhook = (await stack.sandbox.webhooks(id - 1))[0];
        expect(webhook?.attempts).toBeGreaterThan(0);
      });
      expect((await stack.sandbox.webhooks(id - 1))[0]?.lastError).toBe('HTTP 401');
      return id;
    });
    expect(await log.stream(`delivery-powens_${refused}`)).toEqual([]);
    const third = await registered('--provider', 'powens', '--rotate');
    await stack.sandbox.flushWebhooks();
    expect(await secretOf(refused)).toBe(third);
  });
});

describe('webhooks of Tink', () => {
  it('come to an endpoint that was registered with all events, from its first one on', async () => {
    const fingerprint = await registered('--provider', 'tink');
    expect(await tinkTells()).toMatchObject([{ statuses: [200], outcome: 'delivered' }]);
    expect(await tinkSecrets()).toEqual([fingerprint]);
    expect(await done('webhooks', 'register', '--provider', 'tink')).toContain('Nothing is made.');
  });

  it('come twice while two endpoints exist, and once when the old one is retired', async () => {
    const [former] = await tinkSecrets();
    const next = await registered('--provider', 'tink', '--rotate');
    expect((await tinkTells()).map(({ statuses }) => statuses)).toEqual([[200], [200]]);
    await done('webhooks', 'retire', String(former));
    expect(await tinkTells()).toMatchObject([{ statuses: [200] }]);
    expect((await tinkSecrets()).at(-1)).toBe(next);
  });

  it('are not shut out by a slip: the last secret is retired only when that is meant', async () => {
    const last = String((await tinkSecrets()).at(-1));
    const { code, text } = await passerelle('webhooks', 'retire', last);
    expect([code, text]).toEqual([1, expect.stringContaining('--rotate')]);
    await done('webhooks', 'retire', last, '--here-only', '--force');
    await eventually(async () => expect(await tinkTells()).toMatchObject([{ statuses: [401] }]));
  });
});

it('says what to type where it cannot help', async () => {
  expect(await passerelle('webhooks', 'retire', '00000000')).toEqual({
    code: 1,
    text: expect.stringContaining('npm run passerelle -- webhooks list') as string,
  });
  expect((await passerelle('webhooks', 'register', '--provider', 'bank')).code).toBe(64);
  expect(await done('--help')).toMatch(/rebuild[^]*dead-letters[^]*webhooks register[^]*webhooks retire/);
  expect(await done('dead-letters')).toContain('There are no dead letters.');
  expect(await done('rebuild', 'due_connections')).toContain('due_connections: rebuilt');
});

it('shows no secret to anybody', async () => {
  const vault = new Vault(stack.keys().encryptionKey);
  const events = await log.all();
  const secrets = events.flatMap(({ type, data }) =>
    type === 'WebhookSecretAdded'
      ? [vault.open(asSealed((data as { sealedSecret: string }).sealedSecret)).reveal()]
      : [],
  );
  expect(secrets).toHaveLength(5);
  const texts = events.map((event) =>
    JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
  const folders = ['logs', 'event-store', 'nats', 'postgres'].map((folder) => join(stack.dataDir, folder));
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(16);
    expect([...texts, ...printed].filter((text) => text.includes(secret))).toEqual([]);
    expect(filesWith(secret, folders)).toEqual([]);
  }
});
