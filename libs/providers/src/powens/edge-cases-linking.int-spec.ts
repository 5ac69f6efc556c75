import { startSandboxBank } from '#engines';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EdgeCases } from './edge-case.js';
import { REDIRECT_URI } from './sandbox-world.js';

let cases: EdgeCases;
beforeAll(async () => {
  cases = await EdgeCases.open(startSandboxBank);
});
afterEach(() => cases.reset());
afterAll(() => cases?.close());

const startLink = async (iban: string, redirectUri = REDIRECT_URI) =>
  cases.world.provider.startLink({ access: null, state: 'st_1', redirectUri, iban, language: 'fr' });

/** A person on the hosted page who agrees; the callback's parameters, or what the page says instead. */
const visited = async (ending: string) => {
  const iban = cases.freshIban();
  await cases.openAccount(iban);
  const session = await startLink(iban);
  await cases.world.control('POST', '/visits', { ending });
  const parameters = await cases.world.visit(session, 'agree').catch(() => ({}));
  return {
    access: session.access,
    result: await cases.world.provider.completeLink(session.access, parameters),
  };
};

describe('links', () => {
  it.each(['tab-closed', 'empty-callback'])(
    'case 10: a link is found by asking, when its callback says nothing or never comes: %s',
    async (ending) => {
      const { access, result } = await visited(ending);
      const [found] = await cases.world.provider.listConnections(access);
      expect(found).toMatchObject({
        providerUserId: access.providerUserId,
        providerConnectionId: expect.any(String),
      });
      expect(result).toMatchObject({
        kind: 'linked',
        access: { providerConnectionId: found?.providerConnectionId },
      });
    },
  );

  it.each([
    ['access_denied', 'user'],
    ['tos_declined', 'user'],
    ['server_error', 'provider'],
    ['never_heard_of', 'provider'],
  ])('case 12: a visit that ended with %s is a refusal by the %s', async (code, by) => {
    const { access, result } = await visited(code);
    expect(result).toEqual({ kind: 'refused', code, by });
    expect(await cases.world.provider.listConnections(access)).toEqual([]);
  });

  it('case 13: several connections in one callback are all told', async () => {
    const person = await cases.person();
    const iban = cases.freshIban();
    await cases.openAccount(iban);
    const second = await cases.connect(person.access, [iban]);
    const result = await cases.world.provider.completeLink(
      { ...person.access, providerConnectionId: null },
      { connection_id: person.connection, connection_ids: `${person.connection},${second}`, state: 'st_1' },
    );
    expect(result).toMatchObject({ kind: 'linked', providerConnectionIds: [person.connection, second] });
    const listed = await cases.world.provider.listConnections(person.access);
    expect(listed.map(({ accounts }) => accounts.map((account) => account.iban)).flat()).toEqual(
      expect.arrayContaining([person.iban, iban]),
    );
  });

  it('case 14: a way back with a query is refused before anybody is created, and in words', async () => {
    await expect(startLink(cases.freshIban(), `${REDIRECT_URI}?tenant=1`)).rejects.toMatchObject({
      code: 'powens.redirect-uri',
      message: expect.stringContaining('without'),
    });
    expect(await cases.calls('/auth/init')).toEqual([]);
  });

  it('case 14: one that is not registered is refused by the hosted page, in words, and costs nobody the user', async () => {
    const iban = cases.freshIban();
    await cases.openAccount(iban);
    const session = await startLink(iban, 'https://app.example.test/elsewhere');
    const page = await fetch(session.url);
    expect([page.status, await page.text()]).toEqual([400, expect.stringContaining('adresse de retour')]);
    expect(await cases.world.provider.listConnections(session.access)).toEqual([]);
    const again = { state: 'st_2', redirectUri: REDIRECT_URI, iban, language: 'fr' } as const;
    const repaired = await cases.world.provider.startLink({ ...again, access: session.access });
    expect((await fetch(repaired.url)).status).toBe(200);
    expect(repaired.access).toEqual(session.access);
    expect(await cases.calls('/auth/init')).toHaveLength(1);
  });

  it.each(['lose-answer', 'drop', 'status-500', 'truncated-json', 'empty-body'])(
    'case 15: creating a user is sent once, whatever becomes of the answer: %s',
    async (kind) => {
      await cases.world.control('POST', '/faults', { kind, path: '/auth/init' });
      await expect(startLink(cases.freshIban())).rejects.toMatchObject({
        kind: expect.stringMatching(/^(permanent|bug)$/),
      });
      expect(await cases.calls('/auth/init')).toHaveLength(1);
    },
  );

  it.each([401, 403])('case 16: a dead token (%i) is renewed once, for the same user', async (status) => {
    const person = await cases.person();
    await cases.fault(person, 'error', { status, code: 'unauthorized' });
    await expect(cases.describe(person)).rejects.toMatchObject({ code: 'powens.token-refused' });
    await cases.world.control('POST', `/users/${person.access.providerUserId}/revoke-tokens`);
    const session = await cases.world.provider.startLink({
      access: person.access,
      state: 'st_2',
      redirectUri: REDIRECT_URI,
      iban: person.iban,
      language: 'fr',
    });
    expect(session.access.accessToken).not.toBe(person.access.accessToken);
    expect(await cases.describe({ ...person, access: session.access })).toMatchObject({
      providerUserId: person.access.providerUserId,
    });
    expect(await cases.calls('/auth/renew')).toHaveLength(1);
  });

  it('case 38: a connection that is well and never read any more shows how old its data are', async () => {
    const person = await cases.person();
    await cases.patchConnection(person, { stalled: true, lastUpdate: '2026-02-28 12:00:00', sync: false });
    expect(await cases.describe(person)).toMatchObject({
      health: { kind: 'healthy' },
      refreshedAt: '2026-02-28T11:00:00.000Z',
    });
  });

  it('case 38: one account of it that is not read any more shows how old it is, and an error of its own', async () => {
    const person = await cases.person();
    const set = { last_update: '2026-02-28 12:00:00', error: 'actionNeeded' };
    const path = `/accounts/${person.iban}`;
    await cases.world.control('PATCH', path, { sync: false, override: { set } });
    expect(await cases.describe(person)).toMatchObject({ health: { kind: 'healthy' } });
    expect(await cases.account(person)).toMatchObject({
      status: 'shared',
      refreshedAt: '2026-02-28T11:00:00.000Z',
      error: 'actionNeeded',
    });
    const omit = ['last_update', 'error'];
    await cases.world.control('PATCH', path, { sync: false, override: { omit } });
    expect(await cases.account(person)).toMatchObject({ status: 'shared', refreshedAt: null, error: null });
  });

  it('case 38: whether Powens refreshes it by itself is known, unless it does not say', async () => {
    const person = await cases.person();
    expect(await cases.describe(person)).toMatchObject({ automaticRefresh: true });
    await cases.patchConnection(person, { active: false });
    const off = await cases.describe(person);
    expect(off).toMatchObject({ automaticRefresh: false, health: { kind: 'healthy' } });
    await cases.patchConnection(person, { override: { omit: ['active'] } });
    expect(await cases.describe(person)).toMatchObject({ automaticRefresh: null });
  });

  it('case 39: the end of the consent is known ahead', async () => {
    const person = await cases.person();
    await cases.patchConnection(person, { expiresInHours: 24 * 30, sync: false });
    expect(await cases.describe(person)).toMatchObject({ consentExpiresAt: '2026-04-13T11:00:00.000Z' });
  });

  it('case 40: a bank’s message with a login link in it is shown to nobody', async () => {
    const person = await cases.person();
    await cases.patchConnection(person, {
      state: 'webauthRequired',
      errorMessage: 'Redirecting to https://bank.example.test/authorize?token=s3cr3t',
    });
    const snapshot = await cases.describe(person);
    expect(snapshot.health).toEqual({ kind: 'broken', code: 'webauthRequired', owner: 'user' });
    expect(JSON.stringify(snapshot)).not.toMatch(/https|s3cr3t/);
  });

  it('case 41: a connection that was deleted there is not found, not listed, and ending it is no error', async () => {
    const person = await cases.person();
    await cases.world.control('DELETE', `/connections/${person.connection}`);
    await expect(cases.describe(person)).rejects.toMatchObject({
      kind: 'permanent',
      code: 'powens.not-found',
    });
    expect(await cases.world.provider.listConnections(person.access)).toEqual([]);
    await cases.world.provider.disconnect(person.access);
  });

  it('case 41: so is one whose user was deleted', async () => {
    const person = await cases.person();
    await cases.world.control('DELETE', `/users/${person.access.providerUserId}`);
    await expect(cases.describe(person)).rejects.toMatchObject({ code: 'powens.token-refused' });
    await expect(cases.world.provider.renewAccess(person.access)).rejects.toMatchObject({
      code: expect.stringMatching(/^powens\.(not-found|invalid-request)$/),
    });
    await cases.world.provider.disconnect(person.access);
  });
});
