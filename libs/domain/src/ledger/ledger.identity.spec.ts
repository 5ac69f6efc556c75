import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BankDay } from '#kernel';
import type { TransactionContent } from '../bank-transaction.js';
import { dayOf, wordOf } from './content.js';
import { liveKeyOf } from './keys.js';
import { type IdentifiedRow, ledger, type LedgerCommand } from './ledger.js';
import type { LedgerContext, LedgerEvent } from './ledger.events.js';
import type { LedgerRow, LedgerState } from './ledger.state.js';

const context: LedgerContext = {
  tenantId: 't1',
  companyId: 'co1',
  connectionId: 'c1',
  accountId: 'acc1',
  ledgerId: 'l1',
  provider: 'powens',
  syncId: 's1',
  trigger: 'schedule',
  windowFrom: '2026-03-01',
  windowTo: '2026-06-01',
};
const NOW = '2026-06-01T08:00:00.000Z';

const KINDS = 8;
/** Of a day before all others. */
const FIRST = KINDS;

/** Few of them, so that equal rows abound. */
const contentOf = (kind: number): TransactionContent => ({
  status: 'booked',
  bookedOn: (kind === FIRST ? '2026-04-30' : `2026-05-0${1 + (kind % 4)}`) as BankDay,
  valueOn: null,
  transactedOn: null,
  amount: kind > FIRST ? `-${kind}.00` : kind < 4 ? '-4.50' : '-5.00',
  currency: 'EUR',
  label: null,
  originalLabel: 'CB BOULANGERIE',
  type: 'card',
  counterparty: null,
});
/** Tells the kinds apart, and costs nothing. */
const printOf = ({ bookedOn, amount }: TransactionContent): string => `${bookedOn} ${amount}`;

/** One event says one thing of a transaction: its history has one line for each. */
const expectEachOnce = ({ data }: LedgerEvent): void => {
  const told = 'amendments' in data ? data.amendments : 'removals' in data ? data.removals : [];
  const ids = told.map(({ transaction }) => transaction.id);
  expect(new Set(ids).size).toBe(ids.length);
};

interface BankRow {
  readonly number: number;
  kind: number;
}

/** One provider account that shows the bank's account: its own ids, and what it has to say since it was read last. */
class ProviderAccount {
  readonly ids = new Map<number, string>();
  readonly tombstones = new Map<string, number>();
  readonly changed = new Set<number>();
  constructor(readonly name: string) {}
}

class World {
  readonly rows: BankRow[] = [];
  readonly accounts: ProviderAccount[] = [new ProviderAccount('a0')];
  readonly log: LedgerEvent[] = [];
  state: LedgerState = ledger.initialState;
  #numbers = 0;
  #names = 0;
  #kinds = FIRST;

  /** The first row is never changed or deleted: a bank that shows less of its history anew is another matter. */
  constructor(links = 1) {
    this.post([FIRST]);
    while (this.accounts.length < links) this.linkAgain();
  }

  post(kinds: readonly number[]): void {
    for (const kind of kinds) {
      this.#numbers += 1;
      this.rows.push({ number: this.#numbers, kind });
    }
  }

  /** What no row was ever like. */
  unseen(): number {
    this.#kinds += 1;
    return this.#kinds;
  }

  remove(nth: number, isTold: boolean): void {
    const [row] = this.rows.splice(1 + (nth % Math.max(1, this.rows.length - 1)), 1);
    for (const account of this.accounts) {
      const id = account.ids.get(row?.number ?? -1);
      if (id !== undefined && isTold && row) account.tombstones.set(id, row.kind);
    }
  }

  change(nth: number, kind: number): void {
    const row = this.rows[1 + (nth % Math.max(1, this.rows.length - 1))];
    if (!row) return;
    row.kind = kind;
    for (const account of this.accounts) account.changed.add(row.number);
  }

  reissue(account: ProviderAccount, every: number): void {
    for (const { number, kind } of this.rows.filter((row) => row.number % every === 0)) {
      const id = account.ids.get(number);
      if (id === undefined) continue;
      account.tombstones.set(id, kind);
      account.ids.delete(number);
    }
  }

  recreate(nth: number): void {
    this.#names += 1;
    this.accounts.splice(nth % this.accounts.length, 1, new ProviderAccount(`r${this.#names}`));
  }

  linkAgain(): void {
    this.#names += 1;
    this.accounts.push(new ProviderAccount(`b${this.#names}`));
  }

  /** All that an account shows from a day on (`null`: only what is new to it), in whatever order, some rows twice. */
  read(account: ProviderAccount, from: string | null, order: number, pageSize: number): void {
    const isFresh = account.ids.size === 0;
    const day = from ?? (isFresh ? '' : null);
    const shown: IdentifiedRow[] = [];
    for (const row of this.rows) {
      const content = contentOf(row.kind);
      const known = account.ids.get(row.number);
      if (day === null ? known !== undefined && !account.changed.has(row.number) : dayOf(content) < day)
        continue;
      const id = known ?? this.#issue(account, row);
      account.changed.delete(row.number);
      const key = { providerAccountId: account.name, providerTransactionId: id };
      shown.push({
        id: this.#freshId(id),
        row: { kind: 'row', ...key, day: dayOf(content), providerUpdatedAt: null, content },
      });
    }
    const gone = new Set<string>();
    for (const [id, kind] of account.tombstones) {
      const key = { providerAccountId: account.name, providerTransactionId: id };
      const facts = { day: dayOf(contentOf(kind)), providerUpdatedAt: null };
      if (day !== null && facts.day < day) continue;
      account.tombstones.delete(id);
      gone.add(id);
      shown.push({ id: this.#freshId(id), row: { kind: 'deleted', ...key, ...facts } });
    }
    const present = new Set(shown.map(({ row }) => row.providerTransactionId));
    const absentKeys = new Set(
      day === null
        ? []
        : [...this.state.rows.values()].flatMap((row) => {
            const id = liveKeyOf(row, account.name)?.providerTransactionId;
            return id !== undefined && !present.has(id) && dayOf(row.transaction) >= day ? [id] : [];
          }),
    );
    for (const id of absentKeys) gone.add(id);
    const feeding = new Set(this.accounts.map(({ name }) => name).filter((name) => name !== account.name));
    const nothing = {
      providerAccountId: account.name,
      gone: new Set<string>(),
      absent: new Set<string>(),
      feeding,
    };
    const reading = { ...nothing, gone };
    const rows = shown.filter(({ row }) => row.kind === 'row');
    for (const portion of this.#days(rows, order, pageSize)) {
      this.#carryOut({ type: 'ImportRows', context, reading, rows: portion, now: NOW });
    }
    const deleted = shown.filter(({ row }) => row.kind === 'deleted');
    this.#carryOut({ type: 'ImportRows', context, reading: nothing, rows: deleted, now: NOW });
    const ids = [...this.state.rows.values()]
      .filter((row) => absentKeys.has(liveKeyOf(row, account.name)?.providerTransactionId ?? ''))
      .map(({ transaction }) => transaction.id);
    const abandoned = day === null ? [] : this.#abandoned(account, day);
    this.#carryOut({
      type: 'EndAbsentRows',
      context,
      reading: nothing,
      ids: [...ids, ...abandoned],
      now: NOW,
    });
  }

  /** What only accounts that are no more showed, after the first day that this one shows. */
  #abandoned(account: ProviderAccount, day: string): readonly string[] {
    const names = this.accounts.map(({ name }) => name);
    const standing = [...this.state.rows.values()].filter(({ removed }) => !removed);
    const [first = '9999'] = standing
      .flatMap((row) => (liveKeyOf(row, account.name) ? dayOf(row.transaction) : []))
      .toSorted();
    return standing
      .filter(({ keys }) => !keys.some((key) => key.live && names.includes(key.providerAccountId)))
      .filter(({ transaction }) => dayOf(transaction) >= day && dayOf(transaction) > first)
      .map(({ transaction }) => transaction.id);
  }

  #issue(account: ProviderAccount, { number }: BankRow): string {
    this.#numbers += 1;
    const id = `t${this.#numbers}`;
    account.ids.set(number, id);
    return id;
  }

  #freshId(id: string): string {
    return `row-${id}-${this.log.length}`;
  }

  /** Portions of whole days, as the worker makes them: rotated, turned around, with repeats. */
  #days(
    rows: readonly IdentifiedRow[],
    order: number,
    pageSize: number,
  ): readonly (readonly IdentifiedRow[])[] {
    const turn = order % Math.max(1, rows.length);
    const turned = [...rows.slice(turn), ...rows.slice(0, turn), ...rows.slice(0, order % 3)];
    if (order % 2 === 1) turned.reverse();
    const days = ['30', '1', '2', '3', '4'].map((last) => turned.filter(({ row }) => row.day.endsWith(last)));
    return Array.from({ length: Math.ceil(days.length / pageSize) }, (_, i) =>
      days.slice(i * pageSize, (i + 1) * pageSize).flat(),
    );
  }

  /** The decision sees the rows whose keys or content its command names, and no others. */
  #carryOut(command: Exclude<LedgerCommand, { type: 'ObserveBalance' }>): void {
    const isNamed = (row: LedgerRow): boolean => {
      if (command.type === 'EndAbsentRows') return command.ids.includes(row.transaction.id);
      const { providerAccountId } = command.reading;
      return command.rows.some(({ row: shown }) =>
        row.keys.some(
          (key) =>
            key.providerAccountId === providerAccountId &&
            key.providerTransactionId === shown.providerTransactionId,
        ),
      );
    };
    const named = [...this.state.rows.values()].filter(isNamed);
    const shown =
      command.type === 'ImportRows'
        ? command.rows.flatMap(({ row }) => (row.kind === 'row' ? [row.content] : []))
        : [];
    const prints = new Set([...named.map(({ transaction }) => transaction), ...shown].map(printOf));
    const amounts = new Set(shown.map(({ amount }) => amount));
    const isSeen = (row: LedgerRow): boolean =>
      named.includes(row) ||
      (!row.removed &&
        (prints.has(printOf(row.transaction)) ||
          (row.transaction.status === 'pending' && amounts.has(row.transaction.amount))));
    const seen = [...this.state.rows.values()].filter(isSeen);
    const words = [...seen.map(({ transaction }) => transaction), ...shown].map(wordOf);
    const rows = new Map(this.#sought(seen, words).map((row) => [row.transaction.id, row]));
    const events = ledger.decide(command, { rows, balance: null });
    for (const event of events) expectEachOnce(event);
    this.log.push(...events);
    this.state = events.reduce<LedgerState>(ledger.evolve, this.state);
  }

  /**
   * With the rows under one of whose ids this was said last, or what an id says that sits on a row which says otherwise by now,
   * and those that look like them.
   */
  #sought(seen: readonly LedgerRow[], words: readonly string[]): readonly LedgerRow[] {
    const names = this.accounts.map(({ name }) => name);
    const astray = seen
      .filter(({ removed }) => !removed)
      .flatMap(({ transaction, keys }) =>
        keys
          .filter(({ live, word, providerAccountId }) => {
            return live && names.includes(providerAccountId) && word !== wordOf(transaction);
          })
          .map(({ word }) => word),
      );
    const wanted = new Set([...words, ...astray]);
    const found = [...this.state.rows.values()].filter(
      (row) => !seen.includes(row) && row.keys.some(({ live, word }) => live && wanted.has(word)),
    );
    if (found.length === 0) return seen;
    const prints = new Set(found.map(({ transaction }) => printOf(transaction)));
    const alike = [...this.state.rows.values()].filter(
      (row) =>
        !row.removed && !seen.includes(row) && !found.includes(row) && prints.has(printOf(row.transaction)),
    );
    return this.#sought([...seen, ...found, ...alike], words);
  }

  get held(): readonly string[] {
    return [...this.state.rows.values()]
      .filter(({ removed }) => !removed)
      .map(({ transaction }) => printOf(transaction))
      .toSorted();
  }

  /** What an account shows now, as the rows stand that it is shown by. */
  shownBy({ name }: ProviderAccount): readonly string[] {
    return [...this.state.rows.values()]
      .flatMap((row) => (liveKeyOf(row, name) ? printOf(row.transaction) : []))
      .toSorted();
  }

  get truth(): readonly string[] {
    return this.rows.map(({ kind }) => printOf(contentOf(kind))).toSorted();
  }

  count(type: LedgerEvent['type']): number {
    return this.log
      .filter((event) => event.type === type)
      .reduce((sum, { data }) => {
        if ('transactions' in data) return sum + data.transactions.length;
        return sum + ('removals' in data ? data.removals.length : 0);
      }, 0);
  }
}

const kind = fc.nat(KINDS - 1);
const nth = fc.nat(20);
const post = fc.record({ do: fc.constant('post' as const), kinds: fc.array(kind, { maxLength: 6 }) });
const read = fc.record({
  do: fc.constant('read' as const),
  nth,
  from: fc.constantFrom(null, null, '', '2026-05-02', '2026-05-03'),
  order: fc.nat(9),
  pageSize: fc.integer({ min: 1, max: 4 }),
});
const reissue = fc.record({
  do: fc.constant('reissue' as const),
  nth,
  every: fc.integer({ min: 1, max: 3 }),
});
const recreate = fc.record({ do: fc.constant('recreate' as const), nth });
const linkAgain = fc.record({ do: fc.constant('link-again' as const) });
const remove = fc.record({ do: fc.constant('remove' as const), nth, told: fc.boolean() });
const change = fc.record({ do: fc.constant('change' as const), nth, kind });
/** Rows that are like no other. */
const postOther = fc.record({ do: fc.constant('post-other' as const) });
const changeToOther = fc.record({ do: fc.constant('change-to-other' as const), nth });
type Valued<T> = T extends fc.Arbitrary<infer Value> ? Value : never;
type Step = Valued<
  | typeof post
  | typeof read
  | typeof reissue
  | typeof recreate
  | typeof linkAgain
  | typeof remove
  | typeof change
  | typeof postOther
  | typeof changeToOther
>;

const play = (world: World, step: Step): void => {
  const account = 'nth' in step ? world.accounts[step.nth % world.accounts.length] : undefined;
  switch (step.do) {
    case 'post':
      return world.post(step.kinds);
    case 'read':
      if (account) world.read(account, step.from, step.order, step.pageSize);
      return;
    case 'reissue':
      if (account) world.reissue(account, step.every);
      return;
    case 'recreate':
      return world.recreate(step.nth);
    case 'link-again':
      return world.linkAgain();
    case 'remove':
      return world.remove(step.nth, step.told);
    case 'change':
      return world.change(step.nth, step.kind);
    case 'post-other':
      return world.post([world.unseen()]);
    case 'change-to-other':
      return world.change(step.nth, world.unseen());
  }
};

const stepsOf = (...steps: readonly fc.Arbitrary<Step>[]) =>
  fc.array(fc.oneof(...steps), { maxLength: 30, size: 'max' });

const readAll = (world: World): void => {
  for (const account of world.accounts) world.read(account, '', 0, 4);
};

const ofLinks = (
  links: number,
  steps: readonly Step[],
  last: readonly number[],
  from: '' | null = '',
): World => {
  const world = new World(links);
  for (const step of steps) play(world, step);
  const unread = [...world.accounts];
  for (const nth of last) {
    const [account] = unread.splice(nth % unread.length, 1);
    if (!account) break;
    world.read(account, from, nth, 1 + (nth % 4));
    expect(world.shownBy(account)).toHaveLength(world.truth.length);
  }
  return world;
};

/** In which order the links are read at last. */
const lastReads = fc.array(nth, { minLength: 3, maxLength: 3 });

const readOf = (nth: number) =>
  ({ do: 'read', nth, from: null, order: 0, pageSize: 1 }) as const satisfies Step;

/** Stories that once ended with a row too many, and with one too few: it takes thousands of others to find them again. */
const OF_LINKS: [Step[], number[]][] = [
  [
    [
      { do: 'post-other' },
      { do: 'post', kinds: [0, 0, 6, 0, 0] },
      { do: 'post-other' },
      { do: 'post-other' },
      { do: 'remove', nth: 0, told: false },
      readOf(4),
      { do: 'change', nth: 9, kind: 0 },
      { do: 'change-to-other', nth: 3 },
      { do: 'post', kinds: [6] },
      { do: 'change-to-other', nth: 3 },
    ],
    [0, 3, 0],
  ],
  [
    [
      { do: 'post', kinds: [0, 0, 0] },
      { do: 'change', nth: 0, kind: 2 },
      { do: 'change', nth: 8, kind: 2 },
      readOf(0),
      { do: 'post', kinds: [2, 0, 2] },
      readOf(17),
      { do: 'reissue', nth: 11, every: 2 },
      { do: 'change-to-other', nth: 0 },
    ],
    [11, 0, 0],
  ],
];

/** Each link shows each row of the bank once. */
const expectPaired = (world: World): void => {
  for (const account of world.accounts) expect(world.shownBy(account)).toEqual(world.truth);
};

describe('any multiset of bank rows', () => {
  it('arrives as exactly that, each row once, under whatever ids and through however many accounts it comes', () => {
    fc.assert(
      fc.property(stepsOf(post, read, read, reissue, recreate, linkAgain), (steps) => {
        const world = new World();
        for (const step of steps) {
          play(world, step);
          expect(world.held.length).toBeLessThanOrEqual(world.rows.length);
        }
        readAll(world);
        expect(world.held).toEqual(world.truth);
        expect(world.count('TransactionsImported')).toBe(world.rows.length);
        expect(world.count('TransactionsRemoved')).toBe(0);
        const said = world.log.length;
        readAll(world);
        expect(world.log.length).toBe(said);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('is followed through changes and deletions, told or silent, whatever its ids, and from one account to its heir', () => {
    fc.assert(
      fc.property(stepsOf(post, read, read, reissue, recreate, remove, change), (steps) => {
        const world = new World();
        for (const step of steps) play(world, step);
        readAll(world);
        expect(world.held).toEqual(world.truth);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it.each([2, 3])(
    'is followed by %i links to one account through what the bank takes back and changes, whichever sees it first, whichever was paired with which',
    (links) => {
      fc.assert(
        fc.property(
          stepsOf(post, read, read, reissue, recreate, remove, change, postOther, changeToOther),
          lastReads,
          (steps, last) => {
            const world = ofLinks(links, steps, last);
            expect(world.held).toEqual(world.truth);
            expectPaired(world);
          },
        ),
        { numRuns: 300, seed: 13, examples: OF_LINKS },
      );
    },
    60_000,
  );

  it.each([2, 3])(
    'is followed by %i links to one account through what they tell of changes alone, while nothing happens silently',
    (links) => {
      const changes = read.map((step) => ({ ...step, from: null }));
      const told = remove.map((step) => ({ ...step, told: true }));
      fc.assert(
        fc.property(
          stepsOf(post, changes, changes, reissue, told, change, postOther, changeToOther),
          lastReads,
          (steps, last) => {
            const world = ofLinks(links, steps, last, null);
            expect(world.held).toEqual(world.truth);
            expectPaired(world);
          },
        ),
        { numRuns: 200, seed: 13 },
      );
    },
    60_000,
  );
});
