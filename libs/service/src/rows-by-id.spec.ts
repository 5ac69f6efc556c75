import { describe, expect, it } from 'vitest';
import { rowsById } from './rows-by-id.js';

const ids = Array.from({ length: 5 }, (_, n) => `00000000-0000-4000-8000-00000000000${n}`);
const page = (after: string) =>
  Promise.resolve(
    ids
      .filter((id) => id > after)
      .slice(0, 2)
      .map((id) => ({ id })),
  );

describe('rows by id', () => {
  it('come once each, page after page', async () => {
    const seen: string[] = [];
    for await (const { id } of rowsById(page, new AbortController().signal)) seen.push(id);
    expect(seen).toEqual(ids);
  });

  it('end in the middle of a page when that is asked for', async () => {
    const stopping = new AbortController();
    const seen: string[] = [];
    for await (const { id } of rowsById(page, stopping.signal)) {
      seen.push(id);
      if (seen.length === 3) stopping.abort();
    }
    expect(seen).toEqual(ids.slice(0, 3));
  });
});
