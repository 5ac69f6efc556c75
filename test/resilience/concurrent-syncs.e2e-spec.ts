import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenConnection, SyncView } from '#client';
import {
  eventually,
  freshIban,
  freshTenant,
  ledgerOf,
  openLinkAndImport,
  quietHistory,
  type ReceivedEvents,
  type Stack,
  startStack,
  subscribeAll,
} from '../harness/index.js';
import { expectWhole } from './expect-whole.js';

let stack: Stack;
let received: ReceivedEvents;
beforeAll(async () => {
  stack = await startStack();
  received = await subscribeAll(stack);
}, 120_000);
afterAll(async () => {
  await received?.stop();
  await stack?.dispose();
}, 60_000);

const expectOneAfterTheOther = (runs: readonly SyncView[]): void => {
  const ordered = runs.toSorted((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? ''));
  for (const [index, run] of ordered.slice(1).entries()) {
    const before = ordered[index]?.endedAt ?? '';
    expect((run.startedAt ?? '') >= before, `${run.startedAt} begins before ${before}`).toBe(true);
  }
};

describe('sixteen requests for one connection at the same instant', () => {
  it('become one open run and at most one queued run, and import nothing twice', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    await stack.sandbox.configure({ webhooksPaused: true });
    await stack.sandbox.postSome(iban, 20);
    await stack.sandbox.fault({ kind: 'delay', delayMs: 8_000, times: 1 });
    const before = (await quietHistory(stack, id)).length;
    const answers = await Promise.all(Array.from({ length: 16 }, () => stack.api.requestSync(id)));
    expect(new Set(answers.map((answer) => answer.id)).size).toBeLessThanOrEqual(2);
    const runs = await expectWhole(stack, received, id);
    expect(runs.length - before).toBeLessThanOrEqual(2);
    expectOneAfterTheOther(runs);
    const imported = runs.slice(0, runs.length - before).map((run) => run.transactionsImported);
    // Those that came before the open run had read anything are part of it: there may be nothing left to queue.
    expect([[20], [0, 20]]).toContainEqual(imported);
    await stack.sandbox.configure({ webhooksPaused: false });
  }, 180_000);
});

/** Access to the account that the caller got by himself, as a back office that moves to Passerelle has it. */
const credentialsFor = async (iban: string): Promise<Required<OpenConnection>['credentials']> => {
  const { sandboxUrl } = stack.endpoints;
  const answer = await fetch(`${sandboxUrl}/2.0/auth/init`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: '10203040', client_secret: stack.keys().sandboxClientSecret }),
  });
  const { auth_token, id_user } = (await answer.json()) as { auth_token: string; id_user: number };
  const { id } = await stack.sandbox.call<{ id: number }>('POST', `/users/${id_user}/connections`, {
    ibans: [iban],
  });
  return {
    accessToken: auth_token,
    providerUserId: String(id_user),
    providerConnectionId: String(id),
  };
};

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

describe('two connections of one tenant on one IBAN of one bank link', () => {
  it('fill one ledger, each row once, also when both run at the same time', async () => {
    const iban = freshIban();
    await stack.sandbox.openAccount({ iban, count: 2_000, days: 60 });
    const credentials = await credentialsFor(iban);
    const account = { tenantId: freshTenant(), companyId: 'company-1', institutionId: 'BNPAFRPP', iban };
    const opened = await Promise.all(
      ['first', 'second'].map((accountId) =>
        stack.api.openConnection({ ...account, accountId, credentials }),
      ),
    );
    await Promise.all(opened.map(({ id }) => quietHistory(stack, id, { withinMs: 180_000 })));
    await stack.sandbox.postSome(iban, 600);
    const { transactions } = await stack.sandbox.truth(iban);
    await eventually(
      async () => {
        const histories = await Promise.all(opened.map(({ id }) => quietHistory(stack, id, { atLeast: 2 })));
        const imported = histories.flat().reduce((sum, run) => sum + run.transactionsImported, 0);
        expect(imported).toBe(transactions.length);
      },
      { withinMs: 180_000 },
    );
    const [first, second] = await Promise.all(opened.map(({ id }) => ledgerOf(stack, id)));
    const ids = new Set(first?.map(({ providerTransactionId }) => providerTransactionId));
    expect([first?.length, ids.size]).toEqual([transactions.length, transactions.length]);
    expect(second?.map(({ providerTransactionId }) => providerTransactionId).toSorted(byText)).toEqual(
      [...ids].toSorted(byText),
    );
    const told = received
      .of('transactions.imported')
      .flatMap(({ data }) => data.transactions)
      .filter(({ providerTransactionId }) => ids.has(providerTransactionId));
    expect(told).toHaveLength(transactions.length);
  }, 240_000);
});
