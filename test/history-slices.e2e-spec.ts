import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventually,
  expectLedgerEqualsBank,
  freshIban,
  ledgerOf,
  openAndLink,
  openLinkAndImport,
  quietHistory,
  type Stack,
  startStack,
  syncNow,
} from './harness/index.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await stack.sandbox.configure({ webhooksPaused: true });
});
afterAll(() => stack?.dispose());

const PAGES = '/transactions';
/** More than two pages lie before the newest slice. */
const ROWS = 2_600;
const DAYS = 3_600;
const WHOLE_HISTORY = { syncDaysBack: 3_650 };

/** An account of long history whose newest days are imported, while the older ones meet `kind`. */
const linkedWhile = async (kind: string, times: number): Promise<string> => {
  const iban = freshIban();
  await stack.sandbox.openAccount({ iban, count: ROWS, days: DAYS });
  // The newest slice is one page: the fault meets the second page of the older days.
  await stack.sandbox.fault({ kind, path: PAGES, times, ...(kind === 'drop' && { skip: 2 }) });
  const { id } = await openAndLink(stack, iban, WHOLE_HISTORY);
  await quietHistory(stack, id);
  return id;
};

describe('a long history', () => {
  it('is imported slice by slice, the newest days first, and read once only', async () => {
    const iban = freshIban();
    await stack.sandbox.openAccount({ iban, count: ROWS, days: DAYS });
    const { id } = await openLinkAndImport(stack, iban, WHOLE_HISTORY);
    await expectLedgerEqualsBank(stack, id);
    const before = await stack.sandbox.requestCount('');
    const run = await syncNow(stack, id);
    expect(run).toMatchObject({ status: 'success', transactionsImported: 0, gaps: [], progress: null });
    expect((await stack.sandbox.requestCount('')) - before).toBeLessThanOrEqual(3 + 3);
  });

  it('goes on after the last slice when a page of the next one leads in a circle', async () => {
    const id = await linkedWhile('repeated-next', 1);
    const [first] = await quietHistory(stack, id);
    expect(first).toMatchObject({ status: 'partial', errorCode: 'fetch.repeated-cursor' });
    const run = await syncNow(stack, id);
    expect(run.status).toBe('success');
    expect(run.transactionsImported).toBeGreaterThan(0);
    expect(run.transactionsImported).toBeLessThan(ROWS);
    await expectLedgerEqualsBank(stack, id);
  });

  it('keeps its newest days when a later page leads to another host, and the next run reads the older ones', async () => {
    const id = await linkedWhile('cross-host-next', 1);
    const [first] = await quietHistory(stack, id);
    expect(first).toMatchObject({ status: 'failure', errorCode: 'powens.foreign-link' });
    expect(first?.transactionsImported).toBeGreaterThan(0);
    // What was read of the older days and not imported was not imported before either.
    expect(first?.transactionsSkipped).toBe(0);
    const run = await syncNow(stack, id);
    expect(run.status).toBe('success');
    expect(run.transactionsImported).toBe(ROWS - (first?.transactionsImported ?? 0));
    await expectLedgerEqualsBank(stack, id);
  });

  it('is whole although connections break off in the middle', async () => {
    const id = await linkedWhile('drop', 2);
    await eventually(async () => {
      const runs = await quietHistory(stack, id);
      expect(runs[0]?.status).toBe('success');
    });
    await expectLedgerEqualsBank(stack, id);
  });

  it.each(['insert-while-paging', 'redate-while-paging', 'change-while-paging', 'delete-while-paging'])(
    'ends as the bank says under %s',
    async (kind) => {
      const id = await linkedWhile(kind, 2);
      await syncNow(stack, id);
      await expectLedgerEqualsBank(stack, id);
      expect((await ledgerOf(stack, id)).length).toBeGreaterThan(0);
    },
  );
});
