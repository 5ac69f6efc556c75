import { randomUUID } from 'node:crypto';
import type {
  FetchedTransaction,
  LedgerContext,
  LedgerEvent,
  LedgerState,
  TransactionContent,
} from '#domain';
import { dayOf, ledger } from '#domain';
import { KurrentEventStore } from '#event-store';
import { addDays, type BankDay, streamOf } from '#kernel';
import { Database, migrate } from '#read-model';
import { anyMetadata, engineUrls } from '#testing';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catchUpLedger } from '../ledger-catch-up.js';
import { LEDGER, ledgerMigrations } from '../ledger-tables.js';
import { AccountImport } from './import-account.js';
import { ledgerRows } from './ledger-rows.js';
import type { PageSet, WholeDays } from './page-set.js';
import { Staging } from './staging.js';

type Row = Extract<FetchedTransaction, { kind: 'row' }>;

const NOW = '2026-11-22T10:00:00.000Z';
const FROM = '2026-08-24' as BankDay;
const DAY = '2026-11-10' as BankDay;
const WHOLE: WholeDays = { from: FROM, to: null };

let db: Database;
let store: KurrentEventStore;
let staging: Staging;

beforeAll(async () => {
  const { databaseUrl, eventStoreUrl } = engineUrls();
  db = new Database(databaseUrl);
  store = new KurrentEventStore(eventStoreUrl);
  staging = new Staging(db);
  await migrate(db, LEDGER, ledgerMigrations);
  await staging.prepare();
});
afterAll(async () => {
  await Promise.all([db.close(), store.close()]);
});

const contentOf = (change: Partial<TransactionContent> = {}): TransactionContent => ({
  status: 'booked',
  bookedOn: DAY,
  valueOn: null,
  transactedOn: null,
  amount: '-4.50',
  currency: 'EUR',
  label: null,
  originalLabel: 'CB BOULANGERIE',
  type: 'card',
  counterparty: null,
  ...change,
});
const row = (account: string, id: string, change: Partial<TransactionContent> = {}): Row => {
  const content = contentOf(change);
  const key = { providerAccountId: account, providerTransactionId: id };
  return { kind: 'row', ...key, day: dayOf(content), providerUpdatedAt: null, content };
};
const deleted = (account: string, id: string, day = DAY): FetchedTransaction => ({
  kind: 'deleted',
  providerAccountId: account,
  providerTransactionId: id,
  day,
  providerUpdatedAt: null,
});
const unreadable = (
  account: string | null,
  day: BankDay | null,
  rowKey: string = randomUUID(),
): FetchedTransaction => ({
  kind: 'unreadable',
  providerAccountId: account,
  day,
  rowKey,
  reason: 'bad-amount',
  field: 'value',
});

/** One ledger and the runs that read into it. */
class Runs {
  readonly ledgerId = randomUUID();
  /** Provider accounts that are linked, shared and tracked. */
  feeding = new Set<string>();
  /** The account that is read showed nothing long ago already. */
  believesEmpty = false;
  /** Rows of the ledger that the last read showed or missed. */
  counted = 0;

  async read(
    account: string,
    pages: readonly (readonly FetchedTransaction[])[],
    wholeDays: WholeDays | null = null,
    meanwhile: (syncId: string) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<string | null> {
    const syncId = randomUUID();
    const each = this.#importOf(syncId);
    await each.begin(FROM);
    return this.#readInto(
      each,
      { syncId, attempt: 1, providerAccountId: account, wholeDays, believesEmpty: this.believesEmpty },
      pages,
      meanwhile,
    );
  }

  /** One run whose worker dies after so many days of the account's rows: nobody ends it. */
  async dieReading(
    account: string,
    rows: readonly FetchedTransaction[],
    wholeDays: WholeDays | null,
    days: number,
  ): Promise<void> {
    const syncId = randomUUID();
    const each = this.#importOf(syncId);
    const set: PageSet = { syncId, attempt: 1, providerAccountId: account, wholeDays };
    await each.begin(FROM);
    await staging.begin(syncId, 1);
    await staging.add(syncId, 1, rows);
    for await (const chunk of staging.chunks(syncId, 1, account)) {
      const wanted = [...new Set(chunk.map(({ day }) => day))].slice(0, days);
      for (const day of wanted) {
        const portion = chunk.filter((row) => row.day === day && row.kind === 'row');
        await each.importRows(portion, set, NOW);
      }
    }
  }

  /** One run that fetches slice after slice. */
  async readSlices(account: string, ...slices: readonly (readonly FetchedTransaction[])[]): Promise<void> {
    const syncId = randomUUID();
    let before: AccountImport | undefined;
    for (const rows of slices) {
      const each = this.#importOf(syncId);
      await each.begin(FROM, before?.ownEnd);
      await this.#readInto(each, { syncId, attempt: 1, providerAccountId: account, wholeDays: null }, [rows]);
      before = each;
    }
  }

  #importOf(syncId: string): AccountImport {
    const context: LedgerContext = {
      tenantId: 't',
      companyId: 'c',
      connectionId: '00000000-0000-4000-8000-000000000001',
      accountId: '1',
      ledgerId: this.ledgerId,
      provider: 'powens',
      syncId,
      trigger: 'manual',
      windowFrom: FROM,
      windowTo: '2026-11-22',
    };
    const stillFeeds = (_: string, id: string) => Promise.resolve(this.feeding.has(id));
    return new AccountImport({ db, store, stillFeeds }, context, anyMetadata({ tenantId: 't' }));
  }

  async #readInto(
    each: AccountImport,
    set: PageSet,
    pages: readonly (readonly FetchedTransaction[])[],
    meanwhile: (syncId: string) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<string | null> {
    const { syncId, providerAccountId: account } = set;
    await staging.begin(syncId, 1);
    for (const page of pages) await staging.add(syncId, 1, page);
    await meanwhile(syncId);
    this.counted = 0;
    for await (const chunk of staging.chunks(syncId, 1, account)) {
      const held = await each.importRows(chunk, set, NOW);
      this.counted += held;
    }
    const doubt = await each.finish(set, NOW);
    this.counted += each.missed;
    await staging.clear(syncId);
    return doubt;
  }

  async events(): Promise<readonly LedgerEvent[]> {
    const events: LedgerEvent[] = [];
    for await (const { type, data } of store.readStream(streamOf('ledger', this.ledgerId))) {
      events.push({ type, data } as LedgerEvent);
    }
    return events;
  }

  async state(): Promise<LedgerState> {
    return (await this.events()).reduce<LedgerState>(ledger.evolve, ledger.initialState);
  }

  /** `day amount status` of all that stands. */
  async held(): Promise<readonly string[]> {
    const { rows } = await this.state();
    return [...rows.values()]
      .filter(({ removed }) => !removed)
      .map(({ transaction }) => `${dayOf(transaction)} ${transaction.amount} ${transaction.status}`)
      .toSorted();
  }
}

const byKey = (keys: readonly { readonly providerTransactionId: string }[]) =>
  keys.toSorted((a, b) => (a.providerTransactionId < b.providerTransactionId ? -1 : 1));

/** The tables say what the log says, and a rebuild fills them with the same. */
const check = async (each: Runs): Promise<void> => {
  await db.transaction((tx) => catchUpLedger(tx, LEDGER, each.ledgerId, store));
  const { rows } = await each.state();
  const stored = await ledgerRows(db, each.ledgerId, [...rows.keys()]);
  for (const [id, known] of rows) {
    const found = stored.get(id);
    expect(found && { ...found, keys: byKey(found.keys) }).toEqual({ ...known, keys: byKey(known.keys) });
  }
  const shadow = `ledger_${randomUUID().replaceAll('-', '')}`;
  await migrate(db, shadow, ledgerMigrations);
  await db.transaction((tx) => catchUpLedger(tx, shadow, each.ledgerId, store));
  for (const table of ['entries', 'keys', 'sources', 'history', 'heads', 'sync_counts']) {
    const [live, rebuilt] = await Promise.all(
      [LEDGER, shadow].map((schema) =>
        db.query(
          `SELECT to_jsonb(row)::text AS text FROM ${schema}.${table} AS row WHERE ledger_id = $1 ORDER BY 1`,
          [each.ledgerId],
        ),
      ),
    );
    expect(rebuilt).toEqual(live);
  }
  await db.execute(`DROP SCHEMA ${shadow} CASCADE`);
};

let runs: Runs;
beforeEach(() => {
  runs = new Runs();
});

const standing = async (): Promise<number> => (await runs.held()).length;

const kinds = async (): Promise<readonly string[]> =>
  (await runs.events()).flatMap((event) => {
    switch (event.type) {
      case 'TransactionsImported':
        return event.data.transactions.map(() => 'imported');
      case 'TransactionsAmended':
        return event.data.amendments.map(({ kind }) => kind);
      case 'TransactionsRemoved':
        return event.data.removals.map(({ reason }) => reason);
      case 'TransactionKeysEnded':
        return event.data.keys.map(() => 'key-ended');
      case 'TransactionKeysAssigned':
      case 'BalanceObserved':
        return [];
    }
  });

describe('a row under another id', () => {
  it('is recognised when the account was re-created (Powens case 19)', async () => {
    await runs.read('p1', [[row('p1', '1'), row('p1', '2')]], WHOLE);
    await runs.read('p2', [[row('p2', '8'), row('p2', '9'), row('p2', '10')]], WHOLE);
    expect(await kinds()).toEqual(['imported', 'imported', 'imported', 're-identified', 're-identified']);
    await check(runs);
  });

  it('is recognised when a second connection shows the same account, and neither undoes the other (case 20)', async () => {
    runs.feeding = new Set(['p1', 'p2']);
    await runs.read('p1', [[row('p1', '1', { label: 'A' })]]);
    for (let i = 0; i < 2; i += 1) {
      await runs.read('p2', [[row('p2', '7', { label: 'B' })]], i === 0 ? null : WHOLE);
      await runs.read('p1', [[row('p1', '1', { label: 'A' })]], WHOLE);
    }
    expect(await kinds()).toEqual(['imported', 're-identified']);
    await runs.read('p1', [[deleted('p1', '1')]]);
    await runs.read('p2', [[deleted('p2', '7')]]);
    expect(await kinds()).toEqual(['imported', 're-identified', 'key-ended', 'deleted-by-bank']);
    await check(runs);
  });

  it('is removed when the account that still shows it takes it back, though one that has ended never will', async () => {
    await runs.read('p1', [[row('p1', '1')]]);
    await runs.read('p2', [[row('p2', '2')]]);
    await runs.read('p2', [[deleted('p2', '2')]]);
    expect(await runs.held()).toEqual([]);
    await check(runs);
  });

  it('becomes a new transaction when the provider gives its old id to another row', async () => {
    await runs.read('p1', [[row('p1', '1')]], WHOLE);
    await runs.read('p1', [[row('p1', '2')]], WHOLE);
    await runs.read('p1', [[row('p1', '1', { amount: '7.00' }), row('p1', '2')]], WHOLE);
    expect(await kinds()).toEqual(['imported', 're-identified', 'imported']);
    expect(await runs.held()).toEqual([`${DAY} -4.50 booked`, `${DAY} 7.00 booked`]);
    await check(runs);
  });
});

describe('a pending row that is booked under a new id', () => {
  const pending = {
    status: 'pending',
    bookedOn: null,
    transactedOn: DAY,
    originalLabel: 'AUTH BOULANGERIE',
  } as const;
  const booked = { bookedOn: addDays(DAY, 3), transactedOn: DAY };

  it.each([
    ['taken back in the same page set', [deleted('p1', '1')], null],
    ['absent from a complete re-read', [], WHOLE],
  ] as const)('stays one transaction when the pending one is %s', async (_, others, wholeDays) => {
    await runs.read('p1', [[row('p1', '1', pending), row('p1', '5')]]);
    await runs.read('p1', [[...others, row('p1', '2', booked), row('p1', '5')]], wholeDays);
    expect(await kinds()).toEqual(['imported', 'imported', 'booked']);
    const amended = (await runs.events()).findLast(({ type }) => type === 'TransactionsAmended');
    expect(amended?.data).toMatchObject({
      amendments: [{ formerKey: { providerAccountId: 'p1', providerTransactionId: '1', ended: true } }],
    });
    await check(runs);
  });

  it('is not guessed while the pending one still stands', async () => {
    await runs.read('p1', [[row('p1', '1', pending)]]);
    await runs.read('p1', [[row('p1', '2', booked)]]);
    expect(await kinds()).toEqual(['imported', 'imported']);
    await runs.read('p1', [[deleted('p1', '1')]]);
    expect(await runs.held()).toEqual([`${addDays(DAY, 3)} -4.50 booked`]);
  });
});

/** What PostgreSQL's recovery from a crash does to unlogged tables; here to the rows of one run. */
const lose = async (syncId: string) => {
  for (const table of ['rows', 'failures', 'begun']) {
    await db.execute(`DELETE FROM sync_staging.${table} WHERE sync_id = $1`, [syncId]);
  }
};

describe('a row that is absent', () => {
  const five = ['1', '2', '3', '4', '5'].map((id) => row('p1', id));
  const other = row('p1', '9', { amount: '1.00' });
  beforeEach(async () => {
    await runs.read('p1', [[...five, other]]);
  });

  it('is removed by a complete re-read, with its reason', async () => {
    expect(await runs.read('p1', [[...five.slice(1), other]], WHOLE)).toBeNull();
    expect((await kinds()).slice(6)).toEqual(['absent-from-bank']);
    await check(runs);
  });

  it.each([
    ['only changes were asked for', [other], null],
    ['its day was not read', [other], { from: addDays(DAY, 1), to: null }],
    ['its day is the first of the window', [other], { from: DAY, to: null }],
    ['its day is after the last that was read', [other], { from: FROM, to: addDays(DAY, -1) }],
    ['a row of its day was unreadable', [other, unreadable('p1', DAY)], WHOLE],
    ['a row of an unknown day was unreadable', [other, unreadable('p1', null)], WHOLE],
    ['a row of an unknown account was unreadable', [other, unreadable(null, null)], WHOLE],
    [
      'it became unreadable itself, of another day',
      [...five.slice(1), other, unreadable('p1', FROM, '1')],
      WHOLE,
    ],
  ] as const)('is kept when %s', async (_, shown, wholeDays) => {
    await runs.read('p1', [shown], wholeDays);
    expect(await runs.held()).toHaveLength(6);
  });

  it('is removed when the unreadable row is of another day or account', async () => {
    const shown = [other, unreadable('p1', addDays(DAY, 1)), unreadable('p2', null)];
    await runs.read('p1', [shown], WHOLE);
    expect(await runs.held()).toHaveLength(1);
  });

  it('is kept, and the run is told to doubt, when the whole answer is empty', async () => {
    expect(await runs.read('p1', [], WHOLE)).toBe('account.empty-answer');
    expect(await runs.held()).toHaveLength(6);
  });

  it('is removed with the whole answer when the account showed nothing long ago already', async () => {
    runs.believesEmpty = true;
    expect(await runs.read('p1', [], WHOLE)).toBeNull();
    expect(await runs.held()).toEqual([]);
  });

  it('is kept, and the run is told to doubt, though it is the only one', async () => {
    runs = new Runs();
    await runs.read('p1', [[other]]);
    expect(await runs.read('p1', [], WHOLE)).toBe('account.empty-answer');
    expect(await runs.held()).toHaveLength(1);
  });

  it('is removed at once when it was announced only, and came to nothing', async () => {
    runs = new Runs();
    await runs.read('p1', [[row('p1', '1', { status: 'pending', bookedOn: null, transactedOn: DAY })]]);
    expect(await runs.read('p1', [], WHOLE)).toBeNull();
    expect(await runs.held()).toEqual([]);
  });

  it('is kept when what was staged is lost (PostgreSQL recovered from a crash)', async () => {
    await runs.read('p1', [[other]], WHOLE, lose);
    expect(await runs.held()).toHaveLength(6);
  });

  it('is nobody’s who reads another account', async () => {
    runs.feeding = new Set(['p1', 'p2']);
    await runs.read('p2', [[row('p2', '1', { amount: '1.00' })]], WHOLE);
    expect(await runs.held()).toHaveLength(6);
  });
});

describe('a row that the bank dates anew to before the days that are wanted', () => {
  const before = addDays(FROM, -20);
  const others = ['2', '3'].map((id) => row('p1', id));

  it('is followed there, and not missed where it was', async () => {
    await runs.read('p1', [[row('p1', '1'), ...others]], WHOLE);
    await runs.read('p1', [[row('p1', '1', { bookedOn: before }), ...others]], WHOLE);
    expect((await kinds()).slice(3)).toEqual(['corrected']);
    await runs.read('p1', [others], WHOLE);
    expect(await runs.held()).toEqual([`${before} -4.50 booked`, ...Array(2).fill(`${DAY} -4.50 booked`)]);
    await check(runs);
  });

  it.each([
    ['was never known', [[row('p1', '9', { bookedOn: before })]]],
    [
      'was not known to a ledger that holds others',
      [others, [...others, row('p1', '9', { bookedOn: before })]],
    ],
    [
      'was taken back before',
      [[row('p1', '9')], [deleted('p1', '9')], [row('p1', '9', { bookedOn: before })]],
    ],
  ] as const)('is no news when it %s', async (_, reads) => {
    for (const shown of reads) await runs.read('p1', [shown]);
    expect(await runs.held()).not.toContain(`${before} -4.50 booked`);
  });
});

describe('a run that counts', () => {
  const before = addDays(FROM, -20);
  const known = ['1', '2', '3'].map((id) => row('p1', id));

  it.each([
    ['the first read', [], [...known, row('p1', '9', { bookedOn: before })], 3],
    ['rows that it knows', [known], known, 3],
    ['rows of before the days that are wanted', [known], [...known, row('p1', '9', { bookedOn: before })], 3],
    ['a known row that is dated to before them', [known], [row('p1', '1', { bookedOn: before })], 1],
    ['a row that was taken back', [known], [deleted('p1', '1')], 1],
    ['a row that had been taken back', [known, [deleted('p1', '1')]], [deleted('p1', '1')], 1],
    ['a row that was taken back before it was known', [known], [deleted('p1', '9')], 0],
  ] as const)('counts %s as far as the ledger has them', async (_, reads, shown, counted) => {
    for (const rows of reads) await runs.read('p1', [rows]);
    await runs.read('p1', [shown]);
    expect(runs.counted).toBe(counted);
  });

  it('counts rows that it misses', async () => {
    await runs.read('p1', [known], WHOLE);
    await runs.read('p1', [known.slice(1)], WHOLE);
    expect(runs.counted).toBe(3);
    expect(await standing()).toBe(2);
  });
});

describe('a row of an account that is shared again, with other ids', () => {
  const days = [-5, -4, -3, -2, -1].map((days) => addDays(DAY, days));
  const ANEW: WholeDays = { ...WHOLE, isShownAnew: true };
  const shownAs = (first: number, from: number) =>
    days.slice(from).map((bookedOn, nth) => row('p1', `${first + from + nth}`, { bookedOn }));
  beforeEach(async () => {
    await runs.read('p1', [shownAs(1, 0)], WHOLE);
  });

  it('stands when its day is not after the first that is shown: the new history may be shorter', async () => {
    await runs.read('p1', [shownAs(11, 2)], ANEW);
    expect((await kinds()).slice(5)).toEqual(Array(3).fill('re-identified'));
    expect(await standing()).toBe(5);
  });

  it('ends when the bank took it back meanwhile', async () => {
    await runs.read('p1', [shownAs(11, 0).toSpliced(3, 1)], ANEW);
    expect((await kinds()).slice(5)).toEqual([...Array(4).fill('re-identified'), 'absent-from-bank']);
    await check(runs);
  });

  it('stands while the provider shows none of it yet', async () => {
    await runs.read('p1', [[]], ANEW);
    expect(await standing()).toBe(5);
  });
});

describe('a row that only a re-created account showed, and its heir does not', () => {
  const old = addDays(DAY, -40);
  const history = ['1', '2', '3'].map((id, nth) => row('p1', id, { bookedOn: addDays(DAY, nth - 3) }));
  const heirs = ['7', '8', '9'].map((id, nth) => row('p2', id, { bookedOn: addDays(DAY, nth - 3) }));
  const [, , last] = heirs;
  const deletedMeanwhile = heirs.slice(0, 2);
  beforeEach(async () => {
    runs.feeding = new Set(['p1']);
    await runs.read('p1', [[row('p1', '0', { bookedOn: old }), ...history]], WHOLE);
    runs.feeding = new Set(['p2']);
  });

  it('was deleted around the re-creation: it ends as absent (SCENARIO_SEED=101)', async () => {
    await runs.read('p2', [deletedMeanwhile], WHOLE);
    expect((await kinds()).slice(4)).toEqual(['re-identified', 're-identified', 'absent-from-bank']);
    await check(runs);
  });

  it('was changed around the re-creation: it is replaced by what it became (SCENARIO_SEED=108)', async () => {
    const changed = row('p2', '9', { bookedOn: last?.day ?? DAY, amount: '-4.60' });
    await runs.read('p2', [[...deletedMeanwhile, changed]], WHOLE);
    expect(await runs.held()).toEqual([
      `${old} -4.50 booked`,
      `${addDays(DAY, -3)} -4.50 booked`,
      `${addDays(DAY, -2)} -4.50 booked`,
      `${addDays(DAY, -1)} -4.60 booked`,
    ]);
    await check(runs);
  });

  it('stands when its day is before all that the heir shows: a bank shows less of its history anew', async () => {
    await runs.read('p2', [heirs.slice(1)], WHOLE);
    expect(await standing()).toBe(4);
  });

  it('stands when its day is the first that the heir shows: a bank that shows the last so many rows begins in its midst', async () => {
    runs.feeding = new Set(['p1']);
    await runs.read('p1', [[row('p1', '4', { bookedOn: addDays(DAY, -3) })]]);
    runs.feeding = new Set(['p2']);
    await runs.read('p2', [heirs], WHOLE);
    expect(await standing()).toBe(5);
  });

  it('ends by a later read that looks at the recent days only, when the heir knows the days before', async () => {
    await runs.read('p2', [[row('p2', '6', { bookedOn: addDays(old, -1) }), ...heirs]], null);
    expect(await standing()).toBe(5);
    await runs.read('p2', [heirs], { from: addDays(DAY, -30), to: null, knownFrom: FROM });
    expect(await runs.held()).not.toContain(`${old} -4.50 booked`);
    expect(await standing()).toBe(4);
    await check(runs);
  });

  it.each([
    ['only changes were asked for', deletedMeanwhile, null, ['p2']],
    ['its day was not read', deletedMeanwhile, { from: DAY, to: null }, ['p2']],
    ['its day is the first of the window', deletedMeanwhile, { from: addDays(DAY, -1), to: null }, ['p2']],
    [
      'a row of its day was unreadable',
      [...deletedMeanwhile, unreadable('p2', addDays(DAY, -1))],
      WHOLE,
      ['p2'],
    ],
    ['a row of an unknown day was unreadable', [...deletedMeanwhile, unreadable('p2', null)], WHOLE, ['p2']],
    ['the account that showed it is still linked elsewhere', deletedMeanwhile, WHOLE, ['p1', 'p2']],
  ] as const)('stands when %s', async (_, shown, wholeDays, feeding) => {
    runs.feeding = new Set(feeding);
    await runs.read('p2', [shown], wholeDays);
    expect(await standing()).toBe(4);
  });

  it('stands when what was staged is lost (PostgreSQL recovered from a crash)', async () => {
    await runs.read('p2', [heirs], WHOLE);
    await runs.read(
      'p3',
      [heirs.slice(0, 2).map((each) => ({ ...each, providerAccountId: 'p3' }))],
      WHOLE,
      lose,
    );
    expect(await standing()).toBe(4);
  });

  it('stands, and the run is told to doubt, when the heir shows nothing at all while five rows would go', async () => {
    const pending = ['4', '5', '6', '7', '8'].map((id) =>
      row('p1', id, { status: 'pending', bookedOn: null, transactedOn: DAY }),
    );
    runs.feeding = new Set(['p1']);
    await runs.read('p1', [pending]);
    runs.feeding = new Set(['p2']);
    expect(await runs.read('p2', [], WHOLE)).toBe('account.empty-answer');
    expect(await standing()).toBe(9);
  });
});

const two = (account: string, first: number): readonly Row[] => [
  row(account, `${first}`),
  row(account, `${first + 1}`),
];

describe('equal rows that two links to one account show', () => {
  beforeEach(async () => {
    runs.feeding = new Set(['p1', 'p2']);
    await runs.read('p1', [two('p1', 1)], WHOLE);
    await runs.read('p2', [two('p2', 7)], WHOLE);
  });

  it.each([
    ['told', '1', '7'],
    ['told, and paired crosswise', '1', '8'],
    ['silently', null, '7'],
    ['silently, and paired crosswise', null, '8'],
  ] as const)('stay as many as the bank has when it takes one back: %s', async (_, told, gone) => {
    const left = two('p2', 7).filter(({ providerTransactionId }) => providerTransactionId !== gone);
    await runs.read('p1', [[row('p1', '2'), ...(told ? [deleted('p1', told)] : [])]], WHOLE);
    await runs.read('p2', [[...left, ...(told ? [deleted('p2', gone)] : [])]], WHOLE);
    expect(await standing()).toBe(1);
    await check(runs);
    const said = (await runs.events()).length;
    await runs.read('p1', [[row('p1', '2')]], WHOLE);
    await runs.read('p2', [left], WHOLE);
    expect((await runs.events()).length).toBe(said);
  });

  it('are one when one of them became what the other link saw first in its newer form', async () => {
    const newer = { amount: '-9.00' };
    await runs.read('p1', [[row('p1', '3', { status: 'pending', bookedOn: null, transactedOn: DAY })]]);
    await runs.read('p2', [[row('p2', '9', newer)]]);
    await runs.read('p1', [[row('p1', '3', newer)]]);
    expect((await kinds()).slice(-2)).toEqual(['duplicate', 're-identified']);
    expect(await standing()).toBe(3);
    await check(runs);
  });
});

describe('rows that three links to one account show', () => {
  it('stay as many as the bank has when one link sees last, day by day, which of them became others', async () => {
    const [second, third] = [1, 2].map((days) => addDays(DAY, days));
    const bread = (account: string, ...ids: readonly string[]) => ids.map((id) => row(account, id));
    const thirteen = { bookedOn: second, amount: '-13.00' };
    const five = { bookedOn: third, amount: '-5.00' };
    // So many that each day is a chunk of its own.
    const others = Array.from({ length: 1000 }, (_, n) =>
      row('p3', `more-${n}`, { bookedOn: n < 500 ? DAY : second, amount: `-${n}.01` }),
    );
    runs.feeding = new Set(['p1', 'p2', 'p3']);
    await runs.read('p3', [[...bread('p3', '1', '2', '3', '4'), row('p3', '5', five), ...others]]);
    for (const account of ['p1', 'p2']) {
      const shown = bread(account, '11', '12', '13', '14');
      await runs.read(account, [[...shown, row(account, '15', thirteen), row(account, '16', five)]]);
    }
    const changed = [row('p3', '3', thirteen), row('p3', '6', five)];
    await runs.read('p3', [[...bread('p3', '1', '2', '4', '5'), ...changed, ...others]]);
    const held = await runs.held();
    expect(held.filter((each) => each.includes(' -4.50 '))).toHaveLength(4);
    expect(held).toHaveLength(1006);
    await check(runs);
  });
});

/** What a random bank does, and how one or more provider accounts show it. */
const kind = fc.nat(5);
const post = fc.record({
  do: fc.constant('post' as const),
  kinds: fc.array(kind, { minLength: 1, maxLength: 6 }),
});
const read = fc.record({
  do: fc.constant('read' as const),
  account: fc.nat(3),
  full: fc.boolean(),
  order: fc.nat(5),
  pageSize: fc.integer({ min: 1, max: 5 }),
});
const reissue = fc.record({
  do: fc.constant('reissue' as const),
  account: fc.nat(3),
  every: fc.integer({ min: 1, max: 3 }),
});
const recreate = fc.record({ do: fc.constant('recreate' as const), account: fc.nat(3) });
const linkAgain = fc.record({ do: fc.constant('link-again' as const) });
const remove = fc.record({ do: fc.constant('remove' as const), nth: fc.nat(20), told: fc.boolean() });
/** Another amount, or another day. */
const change = fc.record({ do: fc.constant('change' as const), nth: fc.nat(20), kind });
const dieReading = fc.record({
  do: fc.constant('die-reading' as const),
  account: fc.nat(3),
  full: fc.boolean(),
  days: fc.nat(3),
});
type Valued<T> = T extends fc.Arbitrary<infer Value> ? Value : never;
type Step = Valued<
  | typeof post
  | typeof read
  | typeof reissue
  | typeof recreate
  | typeof linkAgain
  | typeof remove
  | typeof change
  | typeof dieReading
>;
const storyOf = (...steps: readonly fc.Arbitrary<Step>[]) =>
  fc.array(fc.oneof(...steps), { minLength: 6, maxLength: 14, size: 'max' });

/** Of a day before all others. Its row stays: a bank that shows less of its history anew is another matter. */
const FIRST = -1;

interface BankAccount {
  readonly name: string;
  readonly ids: Map<number, string>;
  /** What it has to say of ids that are no more, and of rows that changed. */
  readonly dead: Map<string, number>;
  readonly changed: Set<number>;
}

class RandomBank {
  readonly accounts: BankAccount[] = [];
  readonly #rows = new Map<number, number>([[0, FIRST]]);
  #last = 0;

  constructor(links: number) {
    while (this.accounts.length < links) this.link();
  }

  link(at = this.accounts.length): void {
    const name = `p${(this.#last += 1)}`;
    this.accounts[at] = { name, ids: new Map(), dead: new Map(), changed: new Set() };
    runs.feeding = new Set(this.accounts.map((account) => account.name));
  }

  /** As `Runs.held` tells them. */
  get truth(): readonly string[] {
    return [...this.#rows.values()]
      .map((each) => this.#changeOf(each))
      .map(({ bookedOn, amount }) => `${bookedOn} ${amount} booked`)
      .toSorted();
  }

  async read(nth: number, isFull: boolean, order: number, pageSize: number): Promise<void> {
    const account = this.accounts[nth % this.accounts.length];
    if (!account) return;
    const { items, wholeDays } = this.#shown(account, isFull);
    account.dead.clear();
    account.changed.clear();
    const turned = [...items.slice(order), ...items.slice(0, order), ...items.slice(0, order % 2)];
    const pages = Array.from({ length: Math.ceil(turned.length / pageSize) }, (_, i) =>
      turned.slice(i * pageSize, (i + 1) * pageSize),
    );
    await runs.read(account.name, pages, wholeDays);
  }

  async readAll(): Promise<void> {
    for (const nth of this.accounts.keys()) await this.read(nth, true, 0, 100);
  }

  async play(step: Step): Promise<void> {
    switch (step.do) {
      case 'post':
        for (const each of step.kinds) this.#rows.set((this.#last += 1), each);
        return;
      case 'read':
        return this.read(step.account, step.full, step.order, step.pageSize);
      case 'die-reading':
        return this.#dieReading(step.account, step.full, step.days);
      case 'reissue':
        return this.#reissue(step.account, step.every);
      case 'recreate':
        return this.link(step.account % this.accounts.length);
      case 'link-again':
        return this.link();
      case 'remove':
        return this.#remove(step.nth, step.told);
      case 'change':
        return this.#change(step.nth, step.kind);
    }
  }

  #changeOf(each: number): { readonly bookedOn: BankDay; readonly amount: string } {
    return { bookedOn: addDays(DAY, each < 0 ? each : each % 3), amount: each < 3 ? '-4.50' : '-5.00' };
  }

  /** What an account shows, whether anybody gets to hear it or not. */
  #shown(
    { name, ids, dead, changed }: BankAccount,
    isFull: boolean,
  ): { readonly items: readonly FetchedTransaction[]; readonly wholeDays: WholeDays | null } {
    const isWhole = isFull || ids.size === 0;
    const items: FetchedTransaction[] = [];
    for (const [number, each] of this.#rows) {
      const known = ids.get(number);
      if (known !== undefined && !isWhole && !changed.has(number)) continue;
      const id = known ?? `${(this.#last += 1)}`;
      ids.set(number, id);
      items.push(row(name, id, this.#changeOf(each)));
    }
    for (const [id, each] of dead) items.push(deleted(name, id, this.#changeOf(each).bookedOn));
    return { items, wholeDays: isWhole ? WHOLE : null };
  }

  async #dieReading(nth: number, isFull: boolean, days: number): Promise<void> {
    const account = this.accounts[nth % this.accounts.length];
    // What an account says first is read by slices of its own.
    if (!account || account.ids.size === 0) return;
    const before = new Set(account.ids.keys());
    const { items, wholeDays } = this.#shown(account, isFull);
    for (const number of account.ids.keys()) if (!before.has(number)) account.changed.add(number);
    await runs.dieReading(account.name, items, wholeDays, days);
  }

  #reissue(nth: number, every: number): void {
    const account = this.accounts[nth % this.accounts.length];
    for (const [number, id] of account?.ids ?? []) {
      if (number % every !== 0 || !this.#rows.has(number)) continue;
      account?.dead.set(id, this.#rows.get(number) ?? 0);
      account?.ids.delete(number);
    }
  }

  #nth(nth: number): number | undefined {
    const [, ...others] = this.#rows.keys();
    return others[nth % Math.max(1, others.length)];
  }

  #remove(nth: number, isTold: boolean): void {
    const number = this.#nth(nth);
    if (number === undefined) return;
    for (const { ids, dead, changed } of this.accounts) {
      const id = ids.get(number);
      if (id !== undefined && isTold) dead.set(id, this.#rows.get(number) ?? 0);
      ids.delete(number);
      changed.delete(number);
    }
    this.#rows.delete(number);
  }

  #change(nth: number, to: number): void {
    const number = this.#nth(nth);
    if (number === undefined) return;
    this.#rows.set(number, to);
    for (const { changed } of this.accounts) changed.add(number);
  }
}

it('any multiset of bank rows arrives as exactly that, each once, whatever ids, accounts, pages and orders it comes in', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(post, read, reissue, recreate, linkAgain), async (story) => {
      runs = new Runs();
      const bank = new RandomBank(1);
      for (const step of story) await bank.play(step);
      await bank.readAll();
      expect(await runs.held()).toEqual(bank.truth);
      expect((await kinds()).filter((each) => each === 'imported')).toHaveLength(bank.truth.length);
      await check(runs);
    }),
    { numRuns: 6 },
  );
}, 120_000);

it.each([1, 2, 3])(
  'is followed by %i links through all that the bank posts, changes, re-dates and takes back, though workers die between two chunks',
  async (links) => {
    await fc.assert(
      fc.asyncProperty(
        storyOf(post, read, read, reissue, recreate, remove, change, change, dieReading),
        async (story) => {
          runs = new Runs();
          const bank = new RandomBank(links);
          await bank.play({ do: 'post', kinds: [0, 0, 1, 3] });
          await bank.readAll();
          for (const step of story) await bank.play(step);
          await bank.readAll();
          expect(await runs.held()).toEqual(bank.truth);
          await check(runs);
        },
      ),
      { numRuns: 6 },
    );
  },
  120_000,
);

describe('a later slice of the run that filled the ledger', () => {
  const EARLIER = '2026-11-01' as BankDay;
  const first = [row('a', '1'), row('a', '2', { originalLabel: 'VIR LOYER' })];

  it('imports what is new, equal rows included', async () => {
    await runs.readSlices('a', first, [row('a', '3'), row('a', '4', { bookedOn: EARLIER })]);
    expect(await kinds()).toEqual(['imported', 'imported', 'imported', 'imported']);
  });

  it('follows a row that the bank re-dated meanwhile', async () => {
    await runs.readSlices('a', first, [row('a', '1', { bookedOn: EARLIER })]);
    expect(await kinds()).toEqual(['imported', 'imported', 'corrected']);
  });

  it('recognises a row that the bank took back and issued anew meanwhile', async () => {
    // So many that the removal is decided on in a chunk of its own.
    const others = Array.from({ length: 500 }, (_, n) => row('a', `more-${n}`, { amount: `-${n}.01` }));
    await runs.readSlices('a', first, [deleted('a', '1'), row('a', '9'), ...others]);
    expect((await kinds()).filter((kind) => kind !== 'imported')).toEqual(['re-identified']);
    expect(await standing()).toBe(502);
  });
});
