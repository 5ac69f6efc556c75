import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../driving/sandbox-driver.js';
import { Situation } from '../driving/situation.js';
const situation = new Situation();
const { send, me, connection, advance } = situation;
beforeAll(() => situation.start());
afterAll(() => situation.dispose());
beforeEach(situation.renew);

describe('connections', () => {
  it.each([
    'SCARequired', 'webauthRequired', 'additionalInformationNeeded', 'decoupled', 'validating', 'actionNeeded',
    'passwordExpired', 'wrongpass', 'rateLimiting', 'websiteUnavailable', 'bug', 'notSupported', 'neverHeardOf',
  ])('can be in state %s, and are repaired', async (state) => {
    await send('PATCH', `connections/${situation.connectionId}`, { state, errorMessage: 'See https://bank.example.test/?t=1' });
    expect(await connection()).toMatchObject({ state, error: state, error_message: expect.stringContaining('https'), next_try: null });
    await send('POST', `connections/${situation.connectionId}/repair`);
    expect(await connection()).toMatchObject({ state: null, error_message: null });
  }); // prettier-ignore

  it('are looked at later than before, also while the clock stands still', async () => {
    const seen: string[] = [];
    for (let look = 0; look < 3; look++) {
      const { body } = await situation.sandbox.driver.call<{ last_update: string }>(
        `/2.0/users/me/connections/${situation.connectionId}`,
        { method: 'PUT', token: situation.user.token },
      );
      seen.push(body.last_update);
    }
    expect(new Set(seen).size).toBe(3);
    expect(seen).toEqual(seen.toSorted());
  });

  it('are tried again and heal by themselves', async () => {
    await send('PATCH', `connections/${situation.connectionId}`, {
      state: 'websiteUnavailable',
      nextTryHours: 12,
      healsAfterHours: 30,
    });
    expect(await connection()).toMatchObject({ next_try: '2026-03-15 00:00:00' });
    await advance({ hours: 13 });
    expect(await connection()).toMatchObject({
      state: 'websiteUnavailable',
      next_try: '2026-03-16 00:00:00',
    });
    await advance({ hours: 18 });
    expect(await connection()).toMatchObject({ state: null, last_update: '2026-03-15 18:00:00' });
  });

  it('end their consent when it is time, and fall silent', async () => {
    await send('PATCH', `connections/${situation.connectionId}`, { expiresInHours: 2 });
    expect((await connection()).expire).toBe('2026-03-14 14:00:00');
    const { body } = await advance({ hours: 3 });
    expect(body.happened.map(({ what }) => what)).toContain(
      `connection ${situation.connectionId}: the consent ends`,
    );
    expect((await connection()).state).toBe('SCARequired');
    await send('POST', `connections/${situation.connectionId}/repair`);
    await send('PATCH', `connections/${situation.connectionId}`, { stalled: true, sync: false });
    const { last_update: lastUpdate } = await connection();
    await advance({ days: 4 });
    expect(await connection()).toMatchObject({ state: null, next_try: null, last_update: lastUpdate });
  });

  it('answer in odd shapes', async () => {
    await send('PATCH', `connections/${situation.connectionId}`, {
      override: { set: { sources: [{ id: 1, access_expire: 'soon' }] } },
    });
    expect((await me(`connections/${situation.connectionId}?expand=sources`)).body.sources).toEqual([
      { id: 1, access_expire: 'soon' },
    ]);
  });

  it('go with their user, or lose its token', async () => {
    await send('POST', `users/${situation.user.userId}/revoke-tokens`);
    expect((await me('connections')).status).toBe(401);
    await send('DELETE', `users/${situation.user.userId}`);
    expect((await send('DELETE', `users/${situation.user.userId}`)).status).toBe(400);
    await eventually(() =>
      expect(
        situation.listener.received.filter(({ path }) => path.endsWith('user-deleted')).at(-1)?.body,
      ).toContain(`"id":${situation.user.userId}`),
    );
  });
});
