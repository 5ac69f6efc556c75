import { DomainError } from '#kernel';
import { decodeCursor, encodeCursor } from './cursor.js';

/** Sort key of the last row of a page: its leading column and its id, both as text. */
export type KeysetPlace = readonly [lead: string, id: string];

/**
 * Where the next page begins: after this row; `null` without a cursor.
 * @throws {DomainError} `cursor.invalid`
 */
export const keysetPlace = (cursor: string | null | undefined): KeysetPlace | null => {
  if (!cursor) return null;
  const [lead, id] = decodeCursor(cursor) ?? [];
  if (typeof lead === 'string' && typeof id === 'string') return [lead, id];
  throw new DomainError('cursor.invalid', 'This cursor is not one of ours; begin without a cursor.');
};

/** A page of at most `limit` of the rows (of which one more was asked for), and the cursor of the next page. */
export const keysetPage = <Row>(
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => KeysetPlace,
): { readonly rows: readonly Row[]; readonly nextCursor: string | null } => {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: last && rows.length > limit ? encodeCursor(placeOf(last)) : null };
};
