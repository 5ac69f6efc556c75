export interface StoredTransaction {
  readonly id: number;
  readonly id_user: number;
  readonly id_connection: number;
  readonly id_account: number;
  readonly row_id: number;
  readonly date: string;
  readonly application_date: string;
  readonly coming: number;
  readonly active: number;
  readonly user_wording: string | null;
  readonly comment: string | null;
  readonly content: string;
  readonly override: string | null;
  readonly date_scraped: string;
  readonly last_update: string;
  readonly deleted: string | null;
  readonly version: number;
}

/** Members that no documentation names, as on live data: clients have to ignore them. */
const UNDOCUMENTED =
  '"state":"parsed","id_category":9998,"documents_count":0,"informations":{},"details":null,"webid":null,"new":false';
const NAN_MARK = '"__NaN__"';
const ID_BEFORE_MARK = '"__ID_BEFORE__"';
const OWN_ID_MARK = '__ID__';
const SIMPLIFIED = /"simplified_wording":("(?:[^"\\]|\\.)*")/;

const nullable = (value: string | null): string => (value === null ? 'null' : JSON.stringify(value));

/**
 * What was injected to spoil a row replaces its members; `null` as a member's name is not used, so `omit` lists the
 * members to leave out, and `instead` stands there instead of the row. The text `__NaN__` becomes a bare NaN, which is not
 * JSON, as some servers write it; `__ID_BEFORE__` becomes the id before the row's own, which another row has; `__ID__` the row's own, as a text.
 */
const spoil = (json: string, id: number, override: string): string => {
  const told = JSON.parse(override) as { omit?: string[]; set?: Record<string, unknown>; instead?: unknown };
  if (told.instead !== undefined) return JSON.stringify(told.instead);
  const { omit = [], set = {} } = told;
  const row = { ...(JSON.parse(json) as Record<string, unknown>), ...set };
  return JSON.stringify(Object.fromEntries(Object.entries(row).filter(([name]) => !omit.includes(name))))
    .replaceAll(NAN_MARK, 'NaN')
    .replaceAll(ID_BEFORE_MARK, String(id - 1))
    .replaceAll(OWN_ID_MARK, String(id));
};

/** One transaction as JSON text; amounts keep the digits they were posted with. */
export const transactionJson = (row: StoredTransaction): string => {
  const wording =
    row.user_wording === null
      ? (SIMPLIFIED.exec(row.content)?.[1] ?? 'null')
      : JSON.stringify(row.user_wording);
  const json =
    `{"id":${row.id},"id_account":${row.id_account},"application_date":"${row.application_date}","date":"${row.date}",` +
    `${row.content},"wording":${wording},"date_scraped":"${row.date_scraped}","coming":${row.coming === 1},` +
    `"active":${row.active === 1},"id_cluster":null,"comment":${nullable(row.comment)},` +
    `"last_update":"${row.last_update}","deleted":${nullable(row.deleted)},${UNDOCUMENTED}}`;
  return row.override === null ? json : spoil(json, row.id, row.override);
};
