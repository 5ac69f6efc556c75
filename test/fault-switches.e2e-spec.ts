import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SyncView } from '#client';
import { canonicalDecimal } from '#kernel';
import { BAD_ROW_KINDS } from '../apps/sandbox-bank/src/control/bad-rows.js';
import { FAULT_KINDS, type FaultKind } from '../apps/sandbox-bank/src/control/faults.js';
import { WEBHOOK_FAULTS, type WebhookFault } from '../apps/sandbox-bank/src/settings.js';
import { ClockedServices } from './harness/clocked-services.js';
import {
  eventually,
  expectLedgerEqualsBank,
  freshIban,
  freshTenant,
  ledgerOf,
  quietHistory,
  syncNow,
} from './harness/index.js';
import { followLink } from './harness/linking.js';
import { RunningClock } from './scenarios/running-clock.js';

const HOUR_MS = 3_600_000;
/** Several pages, of which any can go wrong. */
const [ROWS, ROWS_PER_PAGE] = [18, 5];
/** Each day has its troubles, as many as there are connections. */
const TROUBLES_A_DAY = 10;
const DAY_MS = 25 * HOUR_MS;

type Where = 'transactions' | 'accounts' | 'connection';
type Trouble = readonly [
  kind: FaultKind,
  where: Where,
  more: Readonly<Record<string, unknown>>,
  code?: string,
];

/** What a run overcomes by itself: it is a success, and has all that the bank has. */
const OVERCOME: readonly Trouble[] = [
  ['delay', 'transactions', { delayMs: 300 }],
  ['status-500', 'transactions', {}],
  ['status-500', 'connection', {}],
  ['html-503', 'transactions', { times: 4, skip: 1 }],
  ['rate-limited', 'transactions', { retryAfter: 1, skip: 2 }],
  ['rate-limited', 'connection', { retryAfter: null }],
  ['error', 'transactions', { status: 401, code: 'unauthorized' }],
  ['drop', 'transactions', { skip: 1 }],
  ['lose-answer', 'transactions', { skip: 1 }],
  ['truncated-json', 'transactions', { skip: 1 }],
  ['truncated-json', 'accounts', {}],
  ['broken-transfer', 'transactions', { skip: 1 }],
  ['html-200', 'transactions', { skip: 1 }],
  ['html-200', 'connection', {}],
  ['empty-list', 'connection', {}],
  ['repeated-rows', 'transactions', { times: 9 }],
  ['repeated-rows', 'accounts', {}],
  ['reversed-rows', 'transactions', { times: 9 }],
  ['endless-next', 'transactions', { times: 3 }],
  ['relative-next', 'transactions', { times: 9 }],
  ['insert-while-paging', 'transactions', { skip: 1 }],
  ['redate-while-paging', 'transactions', { skip: 1 }],
  ['change-while-paging', 'transactions', { skip: 1 }],
  ['delete-while-paging', 'transactions', { skip: 1 }],
];

/** What a run does not: it says so by this code, removes nothing, and the run after it reads all of it again. */
const TOLD: readonly Trouble[] = [
  ['rate-limited', 'transactions', { retryAfter: 7_200, skip: 1 }, 'powens.rate-limited'],
  ['error', 'transactions', { status: 400, code: 'invalidValue', skip: 2 }, 'powens.invalid-request'],
  ['error', 'transactions', { status: 404, code: 'notFound', skip: 1 }, 'powens.not-found'],
  ['error', 'connection', { status: 404, code: 'notFound' }, 'powens.not-found'],
  ['error', 'transactions', { status: 418, code: 'brandNewTrouble' }, 'powens.invalid-request'],
  ['empty-body', 'transactions', { skip: 1 }, 'powens.unreadable-answer'],
  ['empty-body', 'accounts', {}, 'powens.unreadable-answer'],
  ['empty-body', 'connection', {}, 'powens.unreadable-answer'],
  ['empty-list', 'transactions', { times: 2 }, 'account.empty-answer'],
  ['empty-list', 'transactions', { skip: 1 }, 'fetch.incomplete'],
  ['empty-list', 'accounts', {}, 'account.not-found'],
  ['missing-list', 'transactions', { skip: 1 }, 'powens.unreadable-answer'],
  ['missing-list', 'accounts', {}, 'powens.unreadable-answer'],
  ['repeated-next', 'transactions', { skip: 1 }, 'fetch.repeated-cursor'],
  ['looping-next', 'transactions', {}, 'fetch.repeated-cursor'],
  ['cross-host-next', 'transactions', { skip: 1 }, 'powens.foreign-link'],
  ['other-port-next', 'transactions', { skip: 1 }, 'powens.foreign-link'],
  ['no-links', 'transactions', { skip: 1 }, 'fetch.incomplete'],
];

/** Rows that cannot be read, and the reason that is told; the others are read, or are nobody's. */
const BAD_ROWS: Readonly<Record<string, string | null>> = {
  'no-id': 'missing-id in id',
  'impossible-date': 'bad-date in date',
  'no-date': null,
  'null-value': 'bad-amount in value',
  'nan-value': 'bad-amount in value',
  'bare-nan': 'bad-amount in value',
  'text-value': null,
  'unknown-type': null,
  'foreign-account': null,
  'nul-wording': null,
  'absurd-date': null,
  'long-year': 'bad-date in date',
  'id-of-another': null,
  'no-row': 'missing-id in id',
};

/** Webhooks that are refused come again when the trouble is over. */
const WEBHOOKS: Readonly<Record<WebhookFault, 'taken' | 'refused'>> = {
  unsigned: 'refused',
  'hex-signature': 'refused',
  'wrong-path': 'refused',
  'no-date': 'refused',
  'two-signatures': 'refused',
  'first-date': 'taken',
  gzip: 'taken',
};

interface Linked {
  readonly id: string;
  readonly iban: string;
  readonly bankId: number;
  readonly userId: number;
}

const linked = async (): Promise<Linked> => {
  const iban = freshIban();
  await services.sandbox.openAccount({ iban, count: ROWS, days: 60, cardCount: 0 });
  const { id, linkUrl } = await services.api.openConnection({
    tenantId: freshTenant(),
    companyId: 'company-1',
    accountId: 'account-1',
    institutionId: 'BNPAFRPP',
    iban,
  });
  await followLink(linkUrl ?? '');
  await eventually(async () => {
    const [newest] = await quietHistory(services, id);
    if (newest?.status !== 'success') await syncNow(services, id);
    expect(await ledgerOf(services, id)).toHaveLength(ROWS);
  });
  const [connection] = await services.sandbox.connectionsOf(iban);
  const path = `/connections/${connection?.id}`;
  const { id_user: userId } = await services.sandbox.call<{ id_user: number }>('GET', path);
  // As if it had been linked long ago: what changed since is little, and the whole account several pages.
  await services.sandbox.call('POST', `${path}/age`, { hours: 24 * 30 });
  return { id, iban, bankId: connection?.id ?? 0, userId };
};

const HANGING: Trouble = ['hang', 'transactions', { skip: 1 }];
const TROUBLES = [...OVERCOME, ...TOLD];
const DAYS = Array.from({ length: Math.ceil(TROUBLES.length / TROUBLES_A_DAY) }, (_, day) =>
  TROUBLES.slice(day * TROUBLES_A_DAY, (day + 1) * TROUBLES_A_DAY),
);

/** Days ago by the services' clock; a day later the next run reads what changed since, and each account as a whole. */
const clock = new RunningClock(new Date(Date.now() - DAYS.length * DAY_MS).toISOString(), 1);
const nextDay = (): void => clock.reach(new Date(Date.parse(clock.now()) + DAY_MS).toISOString());

let services: ClockedServices;
let links: readonly Linked[];
const linkOf = (nth: number): Linked => links[nth] ?? expect.fail('Not so many are linked.');

beforeAll(async () => {
  // West of Greenwich a day that passes through a timestamp is the day before; the rows' days have Paris' night of two hours and this one's.
  vi.stubEnv('TZ', 'America/New_York');
  services = await ClockedServices.start(clock, {
    FULL_REREAD_EVERY_DAYS: '1',
    REFRESH_AFTER_MINUTES: '10080',
    WEBHOOK_MIN_INTERVAL_SECONDS: '0',
  });
  await services.sandbox.configure({
    syncDelayMs: 0,
    recentSyncMs: 0,
    webhookUrl: null,
    flushEveryMs: 200,
    rowsPerPage: ROWS_PER_PAGE,
  });
  links = await Promise.all(Array.from({ length: TROUBLES_A_DAY + 1 }, linked));
}, 120_000);
afterAll(async () => {
  await services?.dispose();
  vi.unstubAllEnvs();
}, 60_000);

const today = (): string => new Date().toISOString().slice(0, 10);

/** One row more at the bank, one that is another now, and one less. */
const live = async (iban: string): Promise<void> => {
  const { transactions } = await services.sandbox.truth(iban);
  const later = { sync: false };
  await services.sandbox.post(iban, [{ date: today(), value: '-9.99', originalWording: 'NEWS' }], later);
  await services.sandbox.change(iban, transactions[7]?.rowId ?? 0, { value: '-77.70' }, later);
  await services.sandbox.remove(iban, transactions[13]?.rowId ?? 0, later);
  await services.sandbox.sync(iban);
};

const PATHS: Readonly<Record<Where, (link: Linked) => string>> = {
  transactions: () => '/transactions',
  accounts: () => '/accounts',
  connection: ({ bankId }) => `/connections/${bankId}`,
};

const titleOf = ([kind, where, more, code]: Trouble): string =>
  `${code === undefined ? 'overcomes' : `tells ${code} of`} ${kind}: ${where} ${JSON.stringify(more)}`;

/** A run while the bank is in this trouble. */
const runIn = async ([kind, where, more]: Trouble, link: Linked): Promise<SyncView> => {
  await live(link.iban);
  const fault = { kind, path: PATHS[where](link), userId: link.userId, ...more };
  await services.sandbox.call('POST', '/faults', fault);
  return syncNow(services, link.id);
};

const standing = async ({ id }: Linked): Promise<readonly string[]> =>
  (await ledgerOf(services, id)).flatMap((row) => (row.removedAt === null ? row.providerTransactionId : []));

/** What the bank took back, by the ids that it was shown under. */
const takenBack = async ({ iban }: Linked): Promise<readonly string[]> => {
  const { transactions } = await services.sandbox.truth(iban);
  return transactions.flatMap(({ deleted, copies }) =>
    deleted ? copies.map(({ transactionId }) => String(transactionId)) : [],
  );
};

/** What the API shows of the connection's own account. */
interface State {
  readonly standing: readonly string[];
  readonly balance: string | null | undefined;
}

const stateOf = async (link: Linked): Promise<State> => {
  const { accounts } = await services.api.getConnection(link.id);
  const balance = accounts.find(({ iban }) => iban === link.iban)?.balance;
  return { standing: await standing(link), balance };
};

const trueBalanceOf = async ({ iban }: Linked): Promise<string | undefined> =>
  canonicalDecimal((await services.sandbox.truth(iban)).balance, 2);

const pagesRead = async ({ userId }: Linked): Promise<number> => {
  const path = `/requests?path=${encodeURIComponent('/transactions')}&userId=${userId}`;
  return (await services.sandbox.call<{ count: number }>('GET', path)).count;
};

describe('every switch of the sandbox is thrown here:', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['faults', FAULT_KINDS, [HANGING, ...TROUBLES].map(([kind]) => kind)],
    ['bad rows', BAD_ROW_KINDS, Object.keys(BAD_ROWS)],
    ['webhooks', WEBHOOK_FAULTS, Object.keys(WEBHOOKS)],
  ])('%s', (_, all, thrown) => {
    expect(new Set(thrown)).toEqual(new Set(all));
  });
});

const expectOvercome = async (link: Linked, run: SyncView): Promise<void> => {
  expect(run).toMatchObject({ status: 'success', errorCode: null });
  await expectLedgerEqualsBank(services, link.id);
};

/** What was there before the run stands, but for what the bank took back; the run after it reads all of it again. */
const expectTold = async (link: Linked, run: SyncView, errorCode: string, before: State): Promise<void> => {
  expect(run).toMatchObject({ status: expect.stringMatching(/^(partial|failure)$/) as string, errorCode });
  expect(run.errorMessage?.length).toBeGreaterThan(20);
  const after = await stateOf(link);
  const kept = new Set([...after.standing, ...(await takenBack(link))]);
  expect(
    before.standing.filter((id) => !kept.has(id)),
    'rows that the bank still has',
  ).toEqual([]);
  expect([before.balance, await trueBalanceOf(link)]).toContain(after.balance);

  const pages = await pagesRead(link);
  await expectOvercome(link, await syncNow(services, link.id));
  const anew = (await pagesRead(link)) - pages;
  expect(anew, 'pages read anew').toBeGreaterThan(Math.ceil(ROWS / ROWS_PER_PAGE));
};

const expectLivedThrough = async (trouble: Trouble, link: Linked): Promise<void> => {
  const before = await stateOf(link);
  const run = await runIn(trouble, link);
  const [, , , code] = trouble;
  await (code === undefined ? expectOvercome(link, run) : expectTold(link, run, code, before));
};

/** Half a minute, in which other things go on. */
let hanging: Promise<unknown>;

describe.each(DAYS.map((troubles, n) => ({ day: n + 1, troubles })))('on day $day', ({ troubles }) => {
  beforeAll(() => {
    nextDay();
    if (troubles !== DAYS.at(-1)) return;
    hanging = expectLivedThrough(HANGING, linkOf(TROUBLES_A_DAY)).catch((error: unknown) => error);
  });

  it.concurrent.each(troubles.map((trouble, nth) => [titleOf(trouble), trouble, nth] as const))(
    'a run %s',
    async (_, trouble, nth) => expectLivedThrough(trouble, linkOf(nth)),
  );
});

describe('rows', () => {
  it('of every bad kind cost themselves alone, and follow once they are mended', async () => {
    const link = linkOf(0);
    await live(link.iban);
    const kinds = Object.keys(BAD_ROWS);
    const rowIds = await services.sandbox.postBadRows(link.iban, kinds);
    const reasons = Object.values(BAD_ROWS).filter((reason) => reason !== null);
    const run = await syncNow(services, link.id);
    expect(run).toMatchObject({
      status: 'partial',
      transactionsFailed: reasons.length,
      errorCode: 'rows.unreadable',
    });
    const told = run.problems.map(({ parameters }) => `${parameters['reason']} in ${parameters['field']}`);
    expect(told.toSorted()).toEqual(reasons.toSorted());
    const { transactions } = await services.sandbox.truth(link.iban);
    const sound = transactions.filter(({ bad, deleted }) => !bad && !deleted);
    const held = new Set(await standing(link));
    const missing = sound
      .flatMap(({ copies }) => copies.map(({ transactionId }) => String(transactionId)))
      .filter((id) => !held.has(id));
    expect(missing, 'sound rows that are not in the ledger').toEqual([]);

    for (const rowId of rowIds) await services.sandbox.change(link.iban, rowId, { date: today() });
    expect(await syncNow(services, link.id)).toMatchObject({ status: 'success', transactionsFailed: 0 });
    await expectLedgerEqualsBank(services, link.id);
  });
});

describe('a webhook of the bank', () => {
  it.each(WEBHOOK_FAULTS)('that is sent with %s', async (fault) => {
    const { iban, id } = linkOf(1);
    const before = (await services.api.syncs(id, { trigger: 'webhook' })).items.length;
    const after = (await services.sandbox.webhooks()).at(-1)?.id ?? 0;
    const run = () =>
      eventually(async () => {
        const runs = await quietHistory(services, id);
        expect(runs.filter(({ trigger }) => trigger === 'webhook').length).toBeGreaterThan(before);
        await expectLedgerEqualsBank(services, id);
      });
    await services.sandbox.configure({ webhookUrl: services.webhookUrl, webhookFault: fault });
    try {
      await services.sandbox.post(iban, [{ date: today(), value: '-1.01', originalWording: fault }]);
      if (WEBHOOKS[fault] === 'taken') return await run();
      await eventually(async () => {
        const sent = await services.sandbox.webhooks(after);
        expect(sent).toMatchObject([{ delivered: 0, lastError: expect.stringContaining('401') as string }]);
      });
      expect((await services.api.syncs(id, { trigger: 'webhook' })).items).toHaveLength(before);
      await services.sandbox.configure({ webhookFault: null });
      await run();
    } finally {
      await services.sandbox.configure({ webhookUrl: null, webhookFault: null });
    }
  });
});

it('a run overcomes an answer that never comes', async () => {
  expect(await hanging).toBeUndefined();
});
