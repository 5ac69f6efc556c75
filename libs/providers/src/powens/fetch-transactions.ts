import type { BankDay } from '#kernel';
import type { FetchedTransaction } from '#domain';
import { type CallCount, type FetchRequest, type FetchStep, ProviderError } from '../bank-provider.js';
import { asList, asRecord, asText } from '../json-fields.js';
import { unreadable } from './read-answers.js';
import { planReads, type Read } from './plan-reads.js';
import type { PowensClient } from './powens-client.js';
import { formatCursor, laterOf, parseCursor, type TransactionsCursor } from './transactions-cursor.js';
import { accountOfRow, lastUpdateOfRow, translateTransaction } from './translate-transaction.js';

type Stop = 'page-cap' | 'repeated-cursor' | null;

interface Page {
  readonly rows: readonly unknown[];
  /** Address of the next page; `null` on the last one. */
  readonly next: string | null;
}

const readPage = (answer: unknown): Page => {
  const page = asRecord(answer);
  const rows = asList(page?.['transactions']);
  if (!rows) throw unreadable('a page without transactions');
  const next = asRecord(page?.['_links'])?.['next'];
  return { rows, next: asText(next) ?? asText(asRecord(next)?.['href']) };
};

/** One fetch of transactions: its pages, how many there were, and how far it came. */
export class TransactionsFetch {
  private pages = 0;
  private lastUpdate: string | null;
  private readonly currencies: ReadonlyMap<string, string | null>;
  private readonly cursor: TransactionsCursor | null;

  constructor(
    private readonly client: PowensClient,
    private readonly request: FetchRequest,
    private readonly calls: CallCount,
    private readonly limits: { readonly pageCap: number; readonly latestMs: number },
  ) {
    this.cursor = parseCursor(request.cursor);
    this.lastUpdate = this.cursor?.lastUpdate ?? null;
    this.currencies = new Map(
      request.accounts.map((account) => [account.providerAccountId, account.currency]),
    );
  }

  async *steps(): AsyncGenerator<FetchStep, void> {
    const reads = planReads(this.request, this.cursor);
    const done = new Map<string, BankDay>();
    let scope: 'full' | 'incremental' = reads.every((read) => read.scope === 'full') ? 'full' : 'incremental';
    for (const read of reads) {
      const end = yield* this.read(read);
      if (end === 'page-cap' || end === 'repeated-cursor') {
        yield { kind: 'end', complete: false, cursor: null, reason: end, scope };
        return;
      }
      // No account is shared any more: nothing was re-read, so nothing may be concluded from what is absent.
      if (end === 'no-account') scope = 'incremental';
      else for (const [id, from] of read.accounts) done.set(id, from);
    }
    yield { kind: 'end', complete: true, cursor: this.nextCursor(done), reason: null, scope };
  }

  private nextCursor(accounts: ReadonlyMap<string, BankDay>): string | null {
    return this.lastUpdate === null || accounts.size === 0
      ? null
      : formatCursor({ lastUpdate: this.lastUpdate, accounts });
  }

  private async *read(read: Read): AsyncGenerator<FetchStep, Stop | 'no-account'> {
    const seen = new Set<string>();
    let address: string | null = this.client.addressOf(read.path);
    while (address !== null) {
      if (seen.has(address)) return 'repeated-cursor';
      if (this.pages >= this.limits.pageCap) return 'page-cap';
      seen.add(address);
      const page = await this.page(address);
      if (page === null) return 'no-account';
      this.pages += 1;
      yield { kind: 'page', items: this.itemsOf(page.rows, read) };
      address = page.next === null ? null : this.client.follow(page.next);
    }
    return null;
  }

  /** `null`: no account is shared (409 in the documentation, 400 in the SDK). */
  private async page(address: string): Promise<Page | null> {
    const { client, calls } = this;
    try {
      return readPage(
        await client.call({ method: 'GET', path: address, token: this.request.access.accessToken, calls }),
      );
    } catch (error) {
      if (error instanceof ProviderError && error.code === 'powens.no-account') return null;
      throw error;
    }
  }

  private itemsOf(rows: readonly unknown[], read: Read): readonly FetchedTransaction[] {
    return rows.flatMap((row) => {
      const account = accountOfRow(row);
      if (account !== null && !read.accounts.has(account)) return [];
      this.lastUpdate = laterOf(this.lastUpdate, lastUpdateOfRow(row), this.limits.latestMs);
      const item = translateTransaction(row, (id) => this.currencies.get(id) ?? null);
      // A change of a row from before the window is not news: the row was never imported.
      return item.kind === 'row' && item.day < (read.accounts.get(item.providerAccountId) ?? '')
        ? []
        : [item];
    });
  }
}
