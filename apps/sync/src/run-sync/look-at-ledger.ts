import { dayOf, type FetchedTransaction, type LedgerRow, type TransactionContent, wordOf } from '#domain';
import { addDays, type BankDay } from '#kernel';
import type { Sql } from '#read-model';
import { candidateIds, idsUnderWords, ledgerRows, type ShownKey, shownKeys } from './ledger-rows.js';
import {
  abandonedRows,
  absentRows,
  isEmpty,
  type MissingIds,
  missingIds,
  type PageSet,
  provesAnyGone,
} from './page-set.js';

export type Readable = Exclude<FetchedTransaction, { kind: 'unreadable' }>;

/** The ledger as one run finds it. */
export interface KnownLedger {
  readonly ledgerId: string;
  /** Provider accounts whose word on this ledger's rows still counts. */
  readonly feeding: ReadonlySet<string>;
  /** Those whose word counted once. */
  readonly ended: ReadonlySet<string>;
  /** First bank day wanted. */
  readonly from: BankDay | undefined;
  /** Last bank day of the run's window. */
  readonly windowTo: string;
}

/** What a decision about some shown rows needs, exactly as of one revision. */
export interface Look {
  /** Those that say anything new. */
  readonly news: readonly Readable[];
  readonly keys: ReadonlyMap<string, ShownKey>;
  readonly known: ReadonlyMap<string, LedgerRow>;
  readonly missing: MissingIds;
}

export interface AbsentLook {
  /** Rows of the ledger that a complete re-read did not show any more, some at once. */
  readonly ids: readonly string[];
  /** The account shows nothing at all, which is new, and more than a few announced rows would go with it. */
  readonly isDoubted: boolean;
  readonly known: ReadonlyMap<string, LedgerRow>;
}

/** A few announced rows may well come to nothing, of the booked ones none. */
const DOUBTED_FROM_PENDING = 5;
export const ABSENT_AT_ONCE = 500;
/** Days at the beginning of a re-read in which a missing row is not missed: the bank may have re-dated it to before them. */
const MAX_MARGIN_DAYS = 7;
/** Ids that say something else than their rows may have to change places in turn: so many steps are followed. */
const MAX_SEEKING_STEPS = 3;

export const NONE_MISSING: MissingIds = { gone: new Set(), absent: new Set() };

const isNews = (row: Readable, key: ShownKey | undefined): boolean =>
  row.kind === 'deleted' ? key?.live === true : !key?.live || key.word !== wordOf(row.content);

/** A row of before the days that are wanted is followed where the ledger knows it, and else left where it is. */
const isWanted = (row: Readable, key: ShownKey | undefined, from: BankDay | undefined): boolean =>
  row.kind === 'deleted' || key?.live === true || from === undefined || row.day >= from;

/** Whether the row says something that the ledger has not heard under this key, and is to. */
const isWantedNews = (row: Readable, key: ShownKey | undefined, from: BankDay | undefined): boolean =>
  isNews(row, key) && isWanted(row, key, from);

/** Whether none of these rows says anything new, by what is known of their ids. */
export const isAllKnown = (
  rows: readonly Readable[],
  keys: ReadonlyMap<string, ShownKey>,
  { from }: KnownLedger,
): boolean => !rows.some((row) => isWantedNews(row, keys.get(row.providerTransactionId), from));

/** Whether the ledger has heard of the row, or takes it in. */
export const isOfLedger = (row: Readable, key: ShownKey | undefined, from: BankDay | undefined): boolean =>
  row.kind === 'deleted' ? key !== undefined : isWanted(row, key, from);

/** Nobody but this import ever wrote to the ledger, and no page set shows an id twice: all of it is new. */
export const lookAtEmptyLedger = (rows: readonly Readable[], { from }: KnownLedger): Look => {
  const news = rows.filter((row) => isWanted(row, undefined, from));
  return { news, keys: new Map(), known: new Map(), missing: NONE_MISSING };
};

/** `isOwn`: each row of the ledger is one that this account brought in this run. */
export const lookAtLedger = async (
  tx: Sql,
  ledger: KnownLedger,
  rows: readonly Readable[],
  pages: PageSet,
  isOwn: boolean,
): Promise<Look> => {
  const { ledgerId, from } = ledger;
  const { providerAccountId } = pages;
  const ids = rows.map((row) => row.providerTransactionId);
  const keys = await shownKeys(tx, ledgerId, providerAccountId, ids);
  const news = rows.filter((row) => isWantedNews(row, keys.get(row.providerTransactionId), from));
  if (news.length === 0) return { news, keys, known: new Map(), missing: NONE_MISSING };
  const strangers = news.flatMap((row) =>
    row.kind === 'row' && !keys.get(row.providerTransactionId)?.live ? [row.content] : [],
  );
  const named = news.flatMap((row) => keys.get(row.providerTransactionId)?.transaction_id ?? []);
  // Where each row is one that this account shows under an id of its own, none can be meant by another.
  const areNew = isOwn && !(await provesAnyGone(tx, pages));
  const candidates = areNew ? [] : await candidateIds(tx, ledgerId, strangers);
  const direct = await ledgerRows(tx, ledgerId, [...new Set([...named, ...candidates])]);
  const contents = news.flatMap((row) => (row.kind === 'row' ? [row.content] : []));
  const known = await withAlike(tx, ledger, pages, direct, contents);
  const doubtful = strangers.length === 0 ? [] : [...known.values()];
  const shown = doubtful.flatMap(({ transaction, keys: all }) =>
    all.flatMap(({ live, providerAccountId: account, providerTransactionId }) =>
      live && account === providerAccountId ? [{ providerTransactionId, day: dayOf(transaction) }] : [],
    ),
  );
  return { news, keys, known, missing: await missingIds(tx, pages, shown) };
};

/** To be asked when all rows that the account shows are in the ledger. */
export const lookForAbsent = async (tx: Sql, ledger: KnownLedger, pages: PageSet): Promise<AbsentLook> => {
  const { ledgerId, feeding, ended } = ledger;
  if (pages.wholeDays === null) return { ids: [], isDoubted: false, known: new Map() };
  const { from, knownFrom = from } = pages.wholeDays;
  const absent = await absentRows(tx, ledgerId, afterMargin(ledger, pages, from), ABSENT_AT_ONCE);
  const isHeir = [...ended].some((id) => id !== pages.providerAccountId);
  const abandoned = isHeir
    ? await abandonedRows(tx, ledgerId, afterMargin(ledger, pages, knownFrom), feeding, ABSENT_AT_ONCE)
    : [];
  const ids = [...absent, ...abandoned];
  const missed = await ledgerRows(tx, ledgerId, ids);
  const isMuch =
    ids.length >= DOUBTED_FROM_PENDING ||
    [...missed.values()].some(({ transaction }) => transaction.status === 'booked');
  const isDoubted = isMuch && pages.believesEmpty !== true && (await isEmpty(tx, pages));
  const known = await withAlike(tx, ledger, pages, missed, []);
  return { ids, isDoubted, known };
};

/** A page set in which the rows of its first days are not missed. */
const afterMargin = ({ windowTo }: KnownLedger, pages: PageSet, from: BankDay): PageSet => {
  const days = (Date.parse(windowTo) - Date.parse(from)) / 86_400_000;
  const margin = Math.max(0, Math.min(MAX_MARGIN_DAYS, Math.floor(days / 10)));
  return { ...pages, wholeDays: { to: null, ...pages.wholeDays, from: addDays(from, margin) } };
};

/** With the rows that may be meant in their stead: where several accounts show one ledger, equal rows may be paired wrongly. */
const withAlike = async (
  tx: Sql,
  { ledgerId, feeding }: KnownLedger,
  { providerAccountId }: PageSet,
  direct: ReadonlyMap<string, LedgerRow>,
  contents: readonly TransactionContent[],
): Promise<ReadonlyMap<string, LedgerRow>> => {
  if ([...feeding].every((id) => id === providerAccountId)) return direct;
  const held = [...direct.values()].map(({ transaction }) => transaction);
  const meant = [...held, ...contents];
  const known = new Map(direct);
  const add = async (ids: readonly string[]): Promise<readonly LedgerRow[]> => {
    const rows = await ledgerRows(tx, ledgerId, without(ids, known));
    for (const [id, row] of rows) known.set(id, row);
    return [...rows.values()];
  };
  await add(await candidateIds(tx, ledgerId, meant));
  const followed = new Set<string>();
  let words: readonly string[] = meant.map(wordOf);
  for (let step = 0; step <= MAX_SEEKING_STEPS && words.length > 0; step += 1) {
    for (const word of words) followed.add(word);
    const found = await add(await idsUnderWords(tx, ledgerId, words));
    // Ids may leave these for others: whether those that look like them are too many then shows only beside them.
    const standing = found.filter(({ removed }) => !removed).map(({ transaction }) => transaction);
    await add(await candidateIds(tx, ledgerId, standing));
    words = astrayWords([...known.values()], feeding).filter((word) => !followed.has(word));
  }
  return known;
};

const without = (ids: readonly string[], known: ReadonlyMap<string, unknown>): readonly string[] =>
  ids.filter((id) => !known.has(id));

/** What was said last under ids whose rows say something else by now. */
const astrayWords = (rows: readonly LedgerRow[], feeding: ReadonlySet<string>): readonly string[] =>
  rows
    .filter(({ removed }) => !removed)
    .flatMap(({ transaction, keys }) => {
      const now = wordOf(transaction);
      return keys.flatMap(({ live, word, providerAccountId: account }) =>
        live && feeding.has(account) && word !== now ? [word] : [],
      );
    });
