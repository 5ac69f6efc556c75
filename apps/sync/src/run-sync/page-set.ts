import type { BankDay } from '#kernel';
import type { Sql } from '#read-model';
import { LEDGER } from '../ledger-tables.js';
import { STAGING, stagedList } from './staging.js';

/** Days of which an account showed all that it has. */
export interface WholeDays {
  readonly from: BankDay;
  /** `null`: up to the last day that the bank knows, which may be in the future. */
  readonly to: BankDay | null;
  /** First day from which on the ledger has all that the account shows, by this read and those before; absent: `from`. */
  readonly knownFrom?: BankDay;
  /** The account was shared again after a time in which it was not: the history that it shows since may be shorter than before. */
  readonly isShownAnew?: boolean;
}

/** What one attempt of a run fetched of one account. */
export interface PageSet {
  readonly syncId: string;
  readonly attempt: number;
  readonly providerAccountId: string;
  /**
   * Only a complete re-read of a shared account proves that a row is absent; `null`: changes were asked for, or the read did
   * not come to its end.
   */
  readonly wholeDays: WholeDays | null;
  /** Changes were asked for, and some days of the account can be read as a whole with them if need be. */
  readonly mayAskForDays?: boolean;
  /** It showed nothing long ago already: that it shows nothing now is to be believed. */
  readonly believesEmpty?: boolean;
}

/** A row of the ledger and the id under which the account showed it so far. */
export interface ShownSoFar {
  readonly providerTransactionId: string;
  readonly day: BankDay;
}

/** A row of the account that could not be read, and whose day is `row.day`, or unknown. */
const BAD_OF_DAY = '(bad.day IS NULL OR bad.day = row.day)';
/** In place of an id that could not be read either, a row has a digest of 64 characters. */
const BAD_WITHOUT_ID = 'length(bad.row_key) = 64';

const wasStagedWithout = (bad: string): string =>
  `row.day >= $4::date AND ($5::date IS NULL OR row.day <= $5::date)
  AND EXISTS (SELECT 1 FROM ${STAGING}.begun WHERE sync_id = $1 AND attempt = $2)
  AND NOT EXISTS (SELECT 1 FROM ${STAGING}.failures AS bad WHERE bad.sync_id = $1 AND bad.attempt = $2
    AND (bad.account IS NULL OR bad.account = $3) AND (bad.row_key = row.key OR ${bad}))`;

/**
 * That a row of the day `row.day`, shown as `row.key` so far, would have been staged: the day was read as a whole, nothing staged
 * was lost since, and no row of the account was unreadable that might be the one that is missed: under that id, of that day, or
 * of an unknown one.
 */
const PROVED = wasStagedWithout(BAD_OF_DAY);

/** The same of its id alone: the row itself may be one that could not be read, under another id. */
const ID_PROVED = wasStagedWithout(`${BAD_WITHOUT_ID} AND ${BAD_OF_DAY}`);

const proofParams = ({ syncId, attempt, providerAccountId, wholeDays }: PageSet): readonly unknown[] => [
  syncId,
  attempt,
  providerAccountId,
  wholeDays?.from ?? 'infinity',
  wholeDays?.to ?? null,
];

/**
 * What was staged under an id of the account. A sub-select, and no join: the staged rows have no statistics yet, and where
 * PostgreSQL takes them for one row it compares each of thousands with each.
 */
const stagedAs = (id: string): string =>
  `(SELECT staged.gone FROM ${STAGING}.rows AS staged WHERE staged.sync_id = $1 AND staged.attempt = $2
    AND staged.account = $3 AND staged.transaction = ${id})`;

/** Ids that an account does not show any more. */
export interface MissingIds {
  /** The bank took their rows back, or shows them no more. */
  readonly gone: ReadonlySet<string>;
  /** Their rows may be there still, under the ids of rows that could not be read. */
  readonly absent: ReadonlySet<string>;
}

export const missingIds = async (
  sql: Sql,
  pages: PageSet,
  shown: readonly ShownSoFar[],
): Promise<MissingIds> => {
  if (shown.length === 0) return { gone: new Set(), absent: new Set() };
  const rows = await sql.query<{ id: string; gone: boolean }>(
    `SELECT row.key AS id, coalesce(${stagedAs('row.key')}, ${PROVED}) AS gone
     FROM unnest($6::text[], $7::date[]) AS row (key, day)
     WHERE coalesce(${stagedAs('row.key')}, ${ID_PROVED})`,
    [
      ...proofParams(pages),
      shown.map(({ providerTransactionId }) => providerTransactionId),
      shown.map(({ day }) => day),
    ],
  );
  const idsOf = (isGone: boolean) => rows.flatMap(({ id, gone }) => (gone === isGone ? [id] : []));
  return { gone: new Set(idsOf(true)), absent: new Set(idsOf(false)) };
};

/** Some standing rows of the ledger that the account showed before and does not show any more. */
export const absentRows = async (
  sql: Sql,
  ledgerId: string,
  pages: PageSet,
  limit: number,
): Promise<readonly string[]> => {
  if (pages.wholeDays === null) return [];
  const first = pages.wholeDays.isShownAnew ? await firstStagedDay(sql, pages) : '-infinity';
  const rows = await sql.query<{ id: string }>(
    `SELECT row.id FROM (
       SELECT shown.id, shown.day, shown.key FROM (
         SELECT entry.id, entry.day, (
           SELECT known.provider_transaction_id FROM ${LEDGER}.keys AS known
           WHERE known.transaction_id = entry.id AND known.provider_account_id = $3 AND known.live
         ) AS key
         FROM ${LEDGER}.entries AS entry
         WHERE entry.ledger_id = $6 AND entry.day >= $4::date AND entry.removed_at IS NULL
           AND (entry.status = 'pending' OR entry.day > $7::date) OFFSET 0
       ) AS shown WHERE shown.key IS NOT NULL AND ${stagedAs('shown.key')} IS NULL OFFSET 0
     ) AS row WHERE ${PROVED} ORDER BY row.day, row.id LIMIT $8`,
    [...proofParams(pages), ledgerId, first ?? 'infinity', limit],
  );
  return rows.map(({ id }) => id);
};

/**
 * Rows that only accounts which have ended showed: what became of them nobody will tell, and this account, which took their
 * place, shows all that it has of their days and does not show them. Booked ones stand up to the first day that it shows: the
 * history that a bank shows anew is often shorter, and may begin in the midst of a day.
 */
export const abandonedRows = async (
  sql: Sql,
  ledgerId: string,
  pages: PageSet,
  feeding: ReadonlySet<string>,
  limit: number,
): Promise<readonly string[]> => {
  if (pages.wholeDays === null) return [];
  const { isShownAnew } = pages.wholeDays;
  const first = isShownAnew ? await firstStagedDay(sql, pages) : await firstShownDay(sql, ledgerId, pages);
  const rows = await sql.query<{ id: string }>(
    `SELECT row.id FROM (
       SELECT held.id, held.day, NULL::text AS key FROM (
         SELECT entry.id, entry.day, (
           SELECT true FROM ${LEDGER}.keys AS known WHERE known.transaction_id = entry.id AND known.live
             AND (known.provider_account_id = $3 OR known.provider_account_id = ANY($7)) LIMIT 1
         ) AS is_shown
         FROM ${LEDGER}.entries AS entry
         WHERE entry.ledger_id = $6 AND entry.day >= $4::date AND entry.removed_at IS NULL
           AND (entry.status = 'pending' OR entry.day > $8::date) OFFSET 0
       ) AS held WHERE held.is_shown IS NULL OFFSET 0
     ) AS row WHERE ${PROVED} ORDER BY row.day, row.id LIMIT $9`,
    [...proofParams(pages), ledgerId, [...feeding], first ?? 'infinity', limit],
  );
  return rows.map(({ id }) => id);
};

/** The earliest day that the account's answer shows a row of. */
const firstStagedDay = async (
  sql: Sql,
  { syncId, attempt, providerAccountId }: PageSet,
): Promise<BankDay | null> => {
  const [first] = await sql.query<{ day: BankDay }>(
    `SELECT day FROM ${STAGING}.rows WHERE list = $1 AND NOT gone ORDER BY day LIMIT 1`,
    [stagedList(syncId, attempt, providerAccountId)],
  );
  return first?.day ?? null;
};

/** The earliest day of which the ledger holds a row that the account shows now. */
const firstShownDay = async (
  sql: Sql,
  ledgerId: string,
  { providerAccountId }: PageSet,
): Promise<BankDay | null> => {
  const [first] = await sql.query<{ day: BankDay }>(
    `SELECT entry.day FROM ${LEDGER}.entries AS entry
     WHERE entry.ledger_id = $1 AND entry.removed_at IS NULL AND EXISTS (
       SELECT 1 FROM ${LEDGER}.keys AS known
       WHERE known.transaction_id = entry.id AND known.provider_account_id = $2 AND known.live)
     ORDER BY entry.day, entry.id LIMIT 1`,
    [ledgerId, providerAccountId],
  );
  return first?.day ?? null;
};

/** Whether any id of the account could be proven gone by these pages. */
export const provesAnyGone = async (
  sql: Sql,
  { syncId, attempt, providerAccountId, wholeDays }: PageSet,
): Promise<boolean> => {
  if (wholeDays !== null) return true;
  const rows = await sql.query(`SELECT 1 FROM ${STAGING}.rows WHERE list = $1 AND gone LIMIT 1`, [
    stagedList(syncId, attempt, providerAccountId),
  ]);
  return rows.length > 0;
};

/** Whether the account's answer held any row at all. */
export const isEmpty = async (
  sql: Sql,
  { syncId, attempt, providerAccountId }: PageSet,
): Promise<boolean> => {
  const rows = await sql.query(
    `SELECT 1 FROM ${STAGING}.rows WHERE sync_id = $1 AND attempt = $2 AND account = $3 LIMIT 1`,
    [syncId, attempt, providerAccountId],
  );
  return rows.length === 0;
};
