import { startSandboxBank } from '#engines';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EdgeCases, type Person, rowsOf } from './edge-case.js';

let cases: EdgeCases;
beforeAll(async () => {
  cases = await EdgeCases.open(startSandboxBank);
});
afterEach(async () => {
  await cases.world.control('PATCH', '/settings', { recentSyncMs: 0 });
  await cases.reset();
});
afterAll(() => cases?.close());

const refresh = ({ access }: Person, attended: boolean) => {
  const calls = { count: 0, attended };
  return cases.world.provider.refresh(access, { attended }, calls).then((answer) => ({ ...answer, calls }));
};

const puts = async () => (await cases.calls('/connections')).filter(({ method }) => method === 'PUT');

/** The bank has a row more, which Powens learns of only when it looks. */
const withNews = async (): Promise<Person> => {
  const person = await cases.person();
  await cases.world.control('POST', `/accounts/${person.iban}/transactions`, {
    rows: [{ date: '2026-03-13', value: '-4.00', originalWording: 'FOUR' }],
    sync: false,
  });
  return person;
};

const labels = async (person: Person): Promise<readonly (string | null)[]> =>
  rowsOf((await cases.fetch(person)).items).map(({ content }) => content.originalLabel);

describe('a forced refresh', () => {
  it('brings what the bank has new', async () => {
    const person = await withNews();
    expect(await labels(person)).not.toContain('FOUR');
    await cases.setClock('2026-03-14 13:00:00');
    expect(await refresh(person, true)).toMatchObject({
      kind: 'asked',
      refreshedAt: '2026-03-14T12:00:00.000Z',
      health: { kind: 'healthy' },
      calls: { count: 1 },
    });
    expect(await labels(person)).toContain('FOUR');
  });

  it('case 34: that is refused because one ran just now is an answer, asked once, and reading goes on', async () => {
    const person = await withNews();
    await cases.world.control('PATCH', '/settings', { recentSyncMs: 60_000 });
    expect(await refresh(person, true)).toEqual({
      kind: 'refused',
      code: 'powens.too-many-syncs',
      nextAllowedAt: null,
      calls: { count: 1, attended: true },
    });
    expect((await puts()).map(({ status }) => status)).toEqual([409]);
    expect(await labels(person)).toContain('THREE');
  });

  it('case 34: so is one that Powens is too busy for, and it says until when', async () => {
    const person = await cases.person();
    await cases.fault(person, 'rate-limited', { retryAfter: 20, path: '/connections', method: 'PUT' });
    const before = Date.now();
    const answer = await refresh(person, true);
    expect(answer).toMatchObject({ kind: 'refused', code: 'powens.rate-limited' });
    const waitMs = Date.parse((answer.kind === 'refused' && answer.nextAllowedAt) || '') - before;
    expect(waitMs).toBeGreaterThanOrEqual(20_000);
    expect(waitMs).toBeLessThan(60_000);
  });

  it.each(['html-503', 'drop', 'lose-answer', 'status-500'])(
    'is sent once, whatever becomes of the answer: %s',
    async (kind) => {
      const person = await cases.person();
      await cases.fault(person, kind, { path: '/connections', method: 'PUT' });
      expect(await refresh(person, true)).toMatchObject({ kind: 'refused', nextAllowedAt: null });
      expect(await puts()).toHaveLength(1);
    },
  );

  it('case 35: says whether a person waits, and never that one does when none does', async () => {
    const person = await cases.person();
    await refresh(person, false);
    await refresh(person, true);
    expect((await puts()).map(({ query }) => query)).toEqual(['psu_requested=false', 'psu_requested=true']);
  });

  it('case 35: tells what its holder would have to do, and is not repeated for that', async () => {
    const person = await cases.person();
    await cases.patchConnection(person, { state: 'SCARequired', sync: false });
    expect(await refresh(person, false)).toMatchObject({
      kind: 'asked',
      health: { kind: 'broken', code: 'SCARequired', owner: 'user' },
    });
    expect(await puts()).toHaveLength(1);
  });

  it('leaves a dead token and a connection that is gone to those who deal with them', async () => {
    const person = await cases.person();
    await cases.fault(person, 'error', { status: 401, code: 'unauthorized', method: 'PUT' });
    await expect(refresh(person, true)).rejects.toMatchObject({ code: 'powens.token-refused' });
    await cases.world.control('DELETE', `/connections/${person.connection}`);
    await expect(refresh(person, true)).rejects.toMatchObject({ code: 'powens.not-found' });
  });
});
