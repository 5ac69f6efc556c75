import { startSandboxBank } from '#engines';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CallRequest, decideCall, type MadeCall } from '../call-budget.js';
import { fetchAll } from '../provider-suite.js';
import { EdgeCases, type Person, rowsOf } from './edge-case.js';

let cases: EdgeCases;
beforeAll(async () => {
  cases = await EdgeCases.open(startSandboxBank);
});
afterEach(() => cases.reset());
afterAll(() => cases?.close());

/** A person whose account has more than one page. */
const richPerson = async (): Promise<Person> => {
  const person = await cases.person();
  await cases.world.control('POST', `/accounts/${person.iban}/transactions`, {
    count: 1200,
    date: '2026-03-13',
  });
  return person;
};

describe('calls to Powens', () => {
  it('case 29: every list of transactions is asked for with the mandatory limit', async () => {
    const person = await richPerson();
    const first = await cases.fetch(person);
    await cases.fetch(person, first.end.cursor);
    const asked = await cases.calls('/transactions');
    expect(asked.length).toBeGreaterThan(2);
    for (const { query, status } of asked) {
      expect(query).toMatch(/(^|&)limit=1000(&|$)/);
      expect(status).toBe(200);
    }
  });

  it.each(['cross-host-next', 'other-port-next'])(
    'case 30: a next page elsewhere is refused, for the token would go along: %s',
    async (kind) => {
      const person = await richPerson();
      await cases.fault(person, kind, { path: '/transactions' });
      await expect(cases.fetch(person)).rejects.toMatchObject({ kind: 'bug', code: 'powens.foreign-link' });
    },
  );

  it.each(['repeated-next', 'looping-next'])(
    'case 30: a next page that was read already ends the fetch as incomplete: %s',
    async (kind) => {
      const person = await richPerson();
      await cases.fault(person, kind, { path: '/transactions', times: 5 });
      const { end } = await cases.fetch(person);
      expect(end).toMatchObject({ complete: false, cursor: null, reason: 'repeated-cursor' });
    },
  );

  it('case 30: pages without end stop at the cap, as incomplete', async () => {
    const person = await cases.person();
    await cases.fault(person, 'endless-next', { path: '/transactions', times: 50 });
    const capped = cases.world.providerWith({ pageCap: 5 });
    const accounts = [await cases.account(person)];
    const { end, calls } = await fetchAll(capped, { access: person.access, accounts });
    await capped.close();
    expect(end).toMatchObject({ complete: false, reason: 'page-cap' });
    expect(calls).toBe(5);
  });

  it.each(['paris', 'zulu', 'offset'])(
    'case 31: a timestamp means the same instant however it is written: %s',
    async (timestampStyle) => {
      const person = await cases.person();
      await cases.world.control('PATCH', '/settings', { timestampStyle });
      expect(await cases.describe(person)).toMatchObject({ refreshedAt: '2026-03-14T11:00:00.000Z' });
      const before = await cases.fetch(person);
      await cases.post(person.iban, [{ date: '2026-03-13', value: -4, originalWording: 'FOUR' }]);
      const { items } = await cases.fetch(person, before.end.cursor);
      expect(rowsOf(items).map(({ content }) => content.originalLabel)).toContain('FOUR');
    },
  );

  it.each([
    ['2026-03-29', '2026-03-29T00:40:00Z', '2026-03-29T01:20:00Z'],
    ['2026-10-25', '2026-10-25T00:40:00Z', '2026-10-25T01:20:00Z'],
  ])('case 31: nothing is missed in a night in which the clocks change: %s', async (date, before, after) => {
    const person = await cases.person();
    await cases.setClock(before);
    await cases.post(person.iban, [{ date, value: '-3.10', originalWording: 'FIRST' }]);
    const first = await cases.fetch(person);
    await cases.setClock(after);
    await cases.post(person.iban, [{ date, value: '-4.20', originalWording: 'SECOND' }]);
    const { items } = await cases.fetch(person, first.end.cursor);
    const second = rowsOf(items).find(({ content }) => content.originalLabel === 'SECOND');
    expect(second).toMatchObject({ day: date, content: { bookedOn: date, amount: '-4.20' } });
  });

  it('case 33: a connection that names no state at all is not taken for healthy, and can be read', async () => {
    const person = await cases.person();
    const { items } = await cases.fetch(person);
    await cases.patchConnection(person, { override: { omit: ['state', 'error'] } });
    const { health } = await cases.describe(person);
    expect(health).toEqual({ kind: 'waiting', code: 'state-missing' });
    expect((await cases.fetch(person)).items).toEqual(items);
  });

  it('case 33: an unknown state, type or error code is kept as it is and stops nothing', async () => {
    const person = await cases.person();
    await cases.post(person.iban, [
      { date: '2026-03-13', value: -4, originalWording: 'ODD', type: 'teleport' },
    ]);
    const { items } = await cases.fetch(person);
    expect(rowsOf(items).find(({ content }) => content.originalLabel === 'ODD')?.content.type).toBe(
      'unknown',
    );
    await cases.patchConnection(person, { state: 'quantumLeap' });
    expect(await cases.describe(person)).toMatchObject({
      health: { kind: 'broken', code: 'quantumLeap', owner: 'provider' },
    });
    await cases.fault(person, 'error', { status: 418, code: 'brandNewTrouble' });
    await expect(cases.describe(person)).rejects.toMatchObject({
      kind: 'bug',
      message: expect.stringContaining('brandNewTrouble'),
    });
  });

  it('case 36: a 429 is waited out as long as it says, and handed on when that is too long', async () => {
    const person = await cases.person();
    const pauses: number[] = [];
    const patient = cases.world.providerWith({ pause: async (ms) => pauses.push(ms) });
    const fetchNow = async () =>
      fetchAll(patient, { access: person.access, accounts: [await cases.account(person)] });
    await cases.fault(person, 'rate-limited', { retryAfter: 20, path: '/transactions' });
    expect((await fetchNow()).end.complete).toBe(true);
    expect(pauses).toEqual([20_000]);
    await cases.fault(person, 'rate-limited', { retryAfter: 61, path: '/transactions' });
    await expect(fetchNow()).rejects.toMatchObject({
      kind: 'retry-after',
      options: { retryAfterMs: 61_000 },
    });
    await patient.close();
    expect(pauses).toEqual([20_000]);
  });

  it('case 36: a budget keeps below thirty calls a minute, so that no 429 comes at all', async () => {
    const person = await cases.person();
    await cases.world.control('PATCH', '/settings', { rateLimitPerMinute: 30 });
    await cases.setClock('2026-11-01T11:00:00Z');
    let [nowMs, calls]: [number, readonly MadeCall[]] = [Date.parse('2026-11-01T11:00:00Z'), []];
    const take = async (request: CallRequest) => {
      const decision = decideCall(calls, request, 30, nowMs);
      ({ calls } = decision);
      return decision.waitMs;
    };
    const pause = async (ms: number) => {
      nowMs += ms;
      await cases.setClock(new Date(nowMs).toISOString());
    };
    const thrifty = cases.world.providerWith({ budget: { take }, pause });
    await cases.world.control('DELETE', '/requests');
    for (let nth = 0; nth < 25; nth += 1) await thrifty.describe(person.access, { count: 0 });
    await thrifty.close();
    const asked = await cases.calls('/connections');
    expect(asked.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(nowMs - Date.parse('2026-11-01T11:00:00Z')).toBeGreaterThan(120_000);
  });

  it('case 37: a page of the CDN is tried again, and told as a short text without markup', async () => {
    const person = await cases.person();
    await cases.fault(person, 'html-503', { times: 2 });
    expect(await cases.describe(person)).toMatchObject({ health: { kind: 'healthy' } });
    await cases.fault(person, 'html-503', { times: 3 });
    await expect(cases.describe(person)).rejects.toMatchObject({
      kind: 'retry',
      message: expect.stringMatching(/503 ERROR[^<>]*cloudfront/i),
    });
  });
});
