import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  freshIban,
  freshTenant,
  matching,
  openConnection,
  openLinkAndImport,
  type Stack,
  startStack,
  syncNow,
} from './harness/index.js';

const STRANGER = 'key-of-another-tenant';

let stack: Stack;

beforeAll(async () => {
  // A person's sync shall not make the provider look at the bank: each look is the spec's own.
  stack = await startStack({
    env: { REFRESH_AFTER_MINUTES: '0', PASSERELLE_TENANT_API_KEYS: `${freshTenant()}:${STRANGER}` },
  });
  await stack.sandbox.configure({ webhooksPaused: true });
});
afterAll(() => stack?.dispose());

const today = (): string => new Date().toISOString().slice(0, 10);

describe('the history', () => {
  it('says what proves a success: a newer look at the bank, or that there is nothing new', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    const before = await syncNow(stack, id);
    expect(before).toMatchObject({ status: 'success', evidence: { kind: 'nothing-new' }, problems: [] });
    await stack.sandbox.post(iban, [{ date: today(), value: '-3.10', originalWording: 'CARTE PAIN' }]);
    const after = await syncNow(stack, id);
    expect(after).toMatchObject({
      status: 'success',
      transactionsImported: 1,
      evidence: { kind: 'newer-refresh' },
    });
    const [earlier = '', later = ''] = [before.evidence?.refreshedAt, after.evidence?.refreshedAt];
    // Powens counts whole seconds.
    expect(Date.parse(later)).toBeGreaterThanOrEqual(Date.parse(earlier));
  });

  it('tells each row that was left out, in the language of whoever reads it', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    await stack.sandbox.postBadRows(iban, ['impossible-date', 'null-value']);
    const run = await syncNow(stack, id);
    expect(run).toMatchObject({ status: 'partial', errorCode: 'rows.unreadable', evidence: null });
    expect(run.problems.map(({ code, accountId, count, parameters }) => [code, accountId, count, parameters['reason']])).toEqual(
      expect.arrayContaining([
        ['rows.unreadable', 'account-1', 1, 'bad-date'],
        ['rows.unreadable', 'account-1', 1, 'bad-amount'],
      ]),
    ); // prettier-ignore
    const french = await stack.apiInFrench.getSync(run.id);
    expect(french).toMatchObject({
      errorCode: 'rows.unreadable',
      errorMessage: matching(/^2 ligne\(s\) n’ont pas pu être comprises .*pas de date lisible dans/),
    });
    expect(french.problems.map(({ rowKey }) => rowKey)).toEqual(run.problems.map(({ rowKey }) => rowKey));
    expect((await stack.apiInFrench.syncs(id)).items[0]).toEqual(french);
  });

  it('says in French what keeps a bank from being read, and on the connection as well', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    const [link] = await stack.sandbox.connectionsOf(iban);
    await stack.sandbox.call('PATCH', `/connections/${link?.id}`, { state: 'wrongpass' });
    const run = await syncNow(stack, id);
    expect(run).toMatchObject({
      status: 'partial',
      errorCode: 'provider.wrongpass',
      problems: [{ actionOwner: 'user', message: matching(/^The bank refused the login\./) }],
    });
    expect((await stack.apiInFrench.getSync(run.id)).errorMessage).toMatch(
      /^La banque a refusé l’identification\./,
    );
    expect(await stack.apiInFrench.getConnection(id)).toMatchObject({
      status: 'error',
      statusReason: matching(/^wrongpass: La banque a refusé l’identification\./),
      statusReasonCode: 'wrongpass',
    });
  });
});

describe('statistics', () => {
  it('count the runs of the last days, and tell how fresh it all is', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    const run = await syncNow(stack, id);
    const { items } = await stack.api.syncs(id, { limit: 500 });
    const stats = await stack.api.stats(id, { days: 2 });
    const imported = items.reduce((sum, { transactionsImported }) => sum + transactionsImported, 0);
    const succeeded = items.filter(({ status }) => status === 'success').length;
    expect(stats).toMatchObject({
      connectionId: id,
      runs: { success: succeeded, pending: 0 },
      successRate: succeeded / items.length,
      freshness: { lastSuccessAt: run.endedAt, refreshedAt: run.evidence?.refreshedAt },
    });
    expect(stats.newTransactions).toHaveLength(2);
    expect(stats.newTransactions.reduce((sum, { count }) => sum + count, 0)).toBe(imported);
    expect(stats.averageDurationMs).toBeGreaterThan(0);
  });

  it('of a connection that never ran are empty; those of another tenant nobody sees; years are refused', async () => {
    const { id } = await openConnection(stack);
    expect(await stack.api.stats(id)).toMatchObject({
      successRate: null,
      freshness: { lastSuccessAt: null },
    });
    const refused = await stack.call(`/v1/connections/${id}/stats?days=3660`, {
      headers: { 'accept-language': 'fr-FR' },
    });
    expect([refused.status, refused.headers.get('content-language')]).toEqual([400, 'fr']);
    expect(await refused.json()).toMatchObject({ code: 'request.invalid', detail: matching(/^Un champ/) });
    const foreign = await stack.call(`/v1/connections/${id}/stats`, { key: STRANGER });
    expect(foreign.status).toBe(404);
  });
});
