import { startSandboxBank } from '#engines';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../scripted-server.js';
import { EdgeCases } from './edge-case.js';
import { powensWebhookReader } from './webhook.js';

const SECRET = 'whsec-of-the-edge-cases';
let cases: EdgeCases;
let door: ScriptedServer;

beforeAll(async () => {
  cases = await EdgeCases.open(startSandboxBank);
});
beforeEach(async () => {
  door = await startScriptedServer(() => ({}));
});
afterEach(async () => {
  await cases.reset();
  await door.close();
});
afterAll(() => cases?.close());

const listen = (more: object = {}) =>
  cases.world.control('PATCH', '/settings', {
    webhookUrl: `${door.origin}/webhooks/powens`,
    webhookSecret: SECRET,
    ...more,
  });

/** What our reader makes of the requests so far, which it gets as they came. */
const verdicts = () =>
  door.requests.map(({ url, headers, body }) =>
    powensWebhookReader([SECRET]).read({
      path: url,
      headers,
      rawBody: new TextEncoder().encode(body),
      receivedAt: new Date().toISOString(),
    }),
  );

const arrived = (count: number) =>
  vi.waitUntil(() => door.requests.length >= count, { timeout: 20_000, interval: 20 });

describe('webhooks of Powens', () => {
  it('case 1: a webhook that is delivered twice has one identity', async () => {
    const person = await cases.person();
    await listen({ webhooksDuplicated: true });
    await cases.patchConnection(person, { state: 'SCARequired' });
    await arrived(2);
    await cases.world.control('PATCH', '/settings', { webhooksDuplicated: false });
    const keys = verdicts().map((verdict) =>
      verdict.kind === 'verified' ? verdict.deliveryKey : verdict.reason,
    );
    expect(keys[0]).toMatch(/^\d+$/);
    expect(keys[1]).toBe(keys[0]);
  });

  it('case 3: a first synchronisation of megabytes is a notice of four ids', async () => {
    const access = await cases.newUser();
    const iban = cases.freshIban();
    await cases.openAccount(iban, 2500);
    await listen();
    const connection = await cases.connect(access, [iban]);
    await vi.waitUntil(() => door.requests.some(({ body }) => body.length > 1_000_000), { timeout: 20_000 });
    expect(verdicts()).toContainEqual(
      expect.objectContaining({
        kind: 'verified',
        notice: expect.objectContaining({
          kind: 'data-may-have-changed',
          target: expect.objectContaining({ providerConnectionId: connection }),
        }),
      }),
    );
  });

  it('case 4: a synchronisation that failed tells the state, though it has no accounts', async () => {
    const person = await cases.person();
    await listen();
    await cases.patchConnection(person, { state: 'SCARequired' });
    await arrived(1);
    expect(verdicts()[0]).toMatchObject({
      kind: 'verified',
      notice: { kind: 'connection-state', code: 'SCARequired' },
    });
  });

  it.each([
    ['unsigned', 'missing-signature'],
    ['no-date', 'missing-signature'],
    ['hex-signature', 'malformed-signature'],
    ['two-signatures', 'malformed-signature'],
  ])('case 5: %s is refused: %s', async (webhookFault, reason) => {
    const person = await cases.person();
    await listen({ webhookFault });
    await cases.patchConnection(person, { state: 'SCARequired' });
    await arrived(1);
    expect(verdicts()[0]).toEqual({ kind: 'rejected', reason });
  });

  it('case 6: what was signed over another path than the registered one is refused', async () => {
    const person = await cases.person();
    await listen({ webhookFault: 'wrong-path' });
    await cases.patchConnection(person, { state: 'SCARequired' });
    await arrived(1);
    expect(verdicts()[0]).toEqual({ kind: 'rejected', reason: 'wrong-signature' });
  });

  it('case 7: a date of months ago is no reason to refuse: a retry may bear its first one', async () => {
    const person = await cases.person();
    await listen();
    await cases.patchConnection(person, { state: 'SCARequired' });
    await arrived(1);
    const [verdict] = verdicts();
    expect(verdict).toMatchObject({ kind: 'verified', signedAt: expect.stringMatching(/^2026-03-14T11:/) });
    expect(Math.abs(Date.now() - Date.parse('2026-03-14T11:00:00Z'))).toBeGreaterThan(86_400_000);
  });

  it('case 9: a webhook for nobody we know names its user and connection, for others to look up', async () => {
    await listen();
    await cases.world.control('POST', '/webhooks', {
      event: 'CONNECTION_DELETED',
      body: { id: 990_001, id_user: 990_002, id_connector: 40, state: null },
    });
    await arrived(1);
    expect(verdicts()[0]).toMatchObject({
      kind: 'verified',
      notice: {
        kind: 'connection-deleted',
        target: { providerUserId: '990002', providerConnectionId: '990001' },
      },
    });
  });

  it('case 33: an event that nobody knows is kept under its name', async () => {
    await listen();
    await cases.world.control('POST', '/webhooks', { event: 'MOON_RISEN', body: { phase: 'full' } });
    await arrived(1);
    expect(verdicts()[0]).toMatchObject({
      kind: 'verified',
      notice: { kind: 'unrecognised', event: expect.stringMatching(/moon.risen/i) },
    });
  });

  it('case 41: a deletion tells what was deleted', async () => {
    const person = await cases.person();
    await listen();
    await cases.world.control('DELETE', `/users/${person.access.providerUserId}`);
    await vi.waitUntil(
      () => verdicts().some((each) => each.kind === 'verified' && each.notice.kind === 'user-deleted'),
      { timeout: 20_000 },
    );
    expect(verdicts()).toContainEqual(
      expect.objectContaining({
        notice: expect.objectContaining({
          kind: 'user-deleted',
          target: expect.objectContaining({ providerUserId: person.access.providerUserId }),
        }),
      }),
    );
  });
});
