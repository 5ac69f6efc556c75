import type { FetchedTransaction } from '#domain';
import {
  type CallCount, type FetchRequest, type FetchStep, ProviderError, type WantedAccount,
} from '../bank-provider.js'; // prettier-ignore
import { isAttended } from './attended-calls.js';
import { planRead } from './plan-read.js';
import type { PowensClient } from './powens-client.js';
import { type Page, PageCount, readPage } from './transactions-page.js';
import {
  formatCursor,
  laterOf,
  noLaterThan,
  parseCursor,
  type TransactionsCursor,
} from './transactions-cursor.js';
import { accountOfRow, lastUpdateOfRow, translateTransaction } from './translate-transaction.js';

type Stop = 'page-cap' | 'repeated-cursor' | 'cut-short' | null;

/** One fetch of transactions: its pages, how many there were, and how far it came. */
export class TransactionsFetch {
  private pages = 0;
  private hasRows = false;
  private lastUpdate: string | null;
  private readonly wanted: ReadonlyMap<string, WantedAccount>;
  private readonly cursor: TransactionsCursor | null;

  constructor(
    private readonly client: PowensClient,
    private readonly request: FetchRequest,
    private readonly calls: CallCount,
    private readonly limits: { readonly pageCap: number; readonly latestMs: number },
  ) {
    const { accounts, part } = request;
    this.cursor = parseCursor(part.kind === 'changes' ? part.since : null);
    this.lastUpdate = this.cursor?.lastUpdate ?? null;
    this.wanted = new Map(accounts.map((account) => [account.providerAccountId, account]));
  }

  async *steps(): AsyncGenerator<FetchStep, void> {
    const read = planRead(this.request, this.cursor);
    const stop = read ? yield* this.read(read.path) : 'no-account';
    if (stop !== null && stop !== 'no-account') {
      const reason = stop === 'cut-short' ? null : stop;
      yield { kind: 'end', complete: false, cursor: null, reason, scope: 'incremental' };
      return;
    }
    // No account is shared any more: nothing was read, so nothing may be concluded from what is absent.
    const scope = stop === null && read ? read.scope : 'incremental';
    const cursor = stop === null ? this.nextCursor() : null;
    yield { kind: 'end', complete: true, cursor, reason: null, scope };
  }

  /**
   * The mark goes as far as the provider looked at the bank; without a row it stays where it is: an answer that is empty by
   * mistake looks like one that has nothing new, and to ask again for what changed since costs nothing.
   */
  private nextCursor(): string | null {
    if (this.lastUpdate === null) return null;
    if (!this.hasRows && this.cursor) return formatCursor(this.cursor);
    const { begunAt, refreshedAt } = this.request;
    const latestMs = Date.parse(begunAt);
    const lastUpdate = laterOf(this.lastUpdate, refreshedAt, latestMs) ?? this.lastUpdate;
    return formatCursor({ lastUpdate: noLaterThan(lastUpdate, latestMs) });
  }

  private async *read(path: string): AsyncGenerator<FetchStep, Stop | 'no-account'> {
    const seen = new Set<string>();
    const count = new PageCount();
    let address: string | null = this.client.addressOf(path);
    while (address !== null) {
      if (seen.has(address)) return 'repeated-cursor';
      if (this.pages >= this.limits.pageCap) return 'page-cap';
      seen.add(address);
      const page = await this.page(address);
      if (page === null) return 'no-account';
      this.pages += 1;
      if (page.rows.length > 0) this.hasRows = true;
      yield { kind: 'page', items: this.itemsOf(page.rows) };
      if (count.isCutShort(page)) return 'cut-short';
      address = page.next === null ? null : this.client.follow(page.next);
    }
    return null;
  }

  /** `null`: no account is shared (409 in the documentation, 400 in the SDK). */
  private async page(address: string): Promise<Page | null> {
    const { client, calls } = this;
    try {
      return readPage(
        await client.call({
          method: 'GET',
          path: address,
          token: this.request.access.accessToken,
          connection: this.request.access.providerConnectionId,
          attended: isAttended(calls),
          calls,
        }),
      );
    } catch (error) {
      if (error instanceof ProviderError && error.code === 'powens.no-account') return null;
      throw error;
    }
  }

  private itemsOf(rows: readonly unknown[]): readonly FetchedTransaction[] {
    return rows.flatMap((row) => {
      const account = accountOfRow(row);
      if (account !== null && !this.wanted.has(account)) return [];
      this.lastUpdate = laterOf(this.lastUpdate, lastUpdateOfRow(row), this.limits.latestMs);
      const item = translateTransaction(row, (id) => this.wanted.get(id)?.currency ?? null);
      // A changed row may have been of a day within the window before: whoever knows it must hear of it.
      const isKept = item.kind !== 'row' || this.request.part.kind === 'changes';
      return isKept || item.day >= (this.wanted.get(item.providerAccountId)?.from ?? '') ? [item] : [];
    });
  }
}
