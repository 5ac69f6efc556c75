import { asList, asRecord, asText } from '../json-fields.js';
import { PAGE_SIZE } from './plan-read.js';
import { unreadable } from './read-answers.js';

/** One page of transactions, as Powens has it. */
export interface Page {
  readonly rows: readonly unknown[];
  /** Address of the next page; `null` on the last one. */
  readonly next: string | null;
  /** It said where the other pages are, as documented; else `next` is `null` because nothing was said. */
  readonly hasLinks: boolean;
  /** How many rows all pages have together; not documented, but seen live. */
  readonly total: number | null;
}

/** A link that is there and cannot be read is no last page: whatever follows it would count as deleted at the bank. */
const nextOf = (next: unknown): string | null => {
  const link = asRecord(next);
  const href = link ? link['href'] : next;
  if (href === null || href === '' || (href === undefined && !link)) return null;
  const address = asText(href);
  if (address === null) throw unreadable('a link to the next page that is none');
  return address;
};

const countOf = (total: unknown): number | null => {
  const text = asText(total) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
};

export const readPage = (answer: unknown): Page => {
  const page = asRecord(answer);
  const rows = asList(page?.['transactions']);
  if (!rows) throw unreadable('a page without transactions');
  const links = asRecord(page?.['_links']);
  return { rows, next: nextOf(links?.['next']), hasLinks: links !== null, total: countOf(page?.['total']) };
};

/**
 * Whether the last page is one, as far as the pages themselves tell. What was not shown would count as deleted at the bank, so a
 * page that leaves its links out is believed only where nothing speaks of more, and so is an empty one. A total alone is no
 * evidence: it is not documented what it counts.
 */
export class PageCount {
  private rows = 0;
  private total: number | null = null;

  /** To be asked of each page once. */
  isCutShort(page: Page): boolean {
    const before = this.total;
    this.rows += page.rows.length;
    this.total = page.total ?? before;
    if (page.next !== null) return false;
    const isMissing = (total: number | null): boolean => total !== null && this.rows < total;
    if (!page.hasLinks && (page.rows.length >= PAGE_SIZE || isMissing(this.total))) return true;
    // The same question was answered with more a moment ago.
    return page.rows.length === 0 && isMissing(before) && (page.total ?? 0) < (before ?? 0);
  }
}
