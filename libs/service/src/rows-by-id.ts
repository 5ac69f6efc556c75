const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * All rows of a query that gives a page of them at a time, until it gives none or `until` aborts.
 * @param page the rows with the next greater UUIDs after the one given, ordered by them
 */
export const rowsById = async function* <Row extends { readonly id: string }>(
  page: (after: string) => Promise<readonly Row[]>,
  until: AbortSignal,
): AsyncGenerator<Row, void> {
  let after: string | undefined = FIRST_ID;
  while (after !== undefined && !until.aborted) {
    const rows: readonly Row[] = await page(after);
    for (const row of rows) {
      if (until.aborted) return;
      yield row;
    }
    after = rows.at(-1)?.id;
  }
};
