/** One row as the bank has it, with its copies at the provider. */
export interface TruthRow {
  readonly rowId: number;
  readonly date: string;
  readonly rdate: string;
  readonly vdate: string | null;
  readonly value: string;
  readonly type: string;
  readonly originalWording: string;
  readonly simplifiedWording: string;
  readonly coming: boolean;
  readonly deleted: boolean;
  /** Posted by {@link SandboxControl.postBadRows} and not repaired. */
  readonly bad: boolean;
  readonly copies: readonly {
    readonly connectionId: number;
    readonly accountId: number;
    readonly userId: number;
    readonly transactionId: number;
    readonly deleted: string | null;
  }[];
}

export interface Truth {
  readonly iban: string;
  readonly currency: string;
  readonly balance: string;
  readonly count: number;
  readonly transactions: readonly TruthRow[];
}

export interface NewRow {
  readonly date: string;
  readonly value: string | number;
  readonly originalWording?: string;
  readonly type?: string;
  readonly coming?: boolean;
}

export interface SandboxConnection {
  readonly id: number;
  readonly accounts: readonly { readonly id: number; readonly iban: string | null }[];
}

export interface SandboxWebhook {
  readonly id: number;
  readonly event: string;
  readonly userId: number;
  readonly connectionId: number | null;
  readonly delivered: number;
  /** Not 0: kept back until it is released. */
  readonly held: number;
  readonly attempts: number;
  readonly lastError: string | null;
}

/** By default every connection hears of a change at once, by webhook; `sync: false` leaves it to the next sync. */
export interface Spread {
  readonly sync?: boolean;
}

/** The sandbox bank's control API: what happens at the banks. */
export class SandboxControl {
  constructor(readonly url: string) {}

  /** Any call below `/sandbox`. @throws whatever is no success, with its words */
  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}/sandbox${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Sandbox: ${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** Opens an account of exactly `count` rows; without it the first link opens one of about 400. */
  async openAccount(account: {
    iban: string;
    count?: number;
    days?: number;
    cardCount?: number;
    currency?: string;
  }): Promise<void> {
    await this.call('POST', '/accounts', account);
  }

  async truth(iban: string): Promise<Truth> {
    return this.call('GET', `/accounts/${iban}/transactions`);
  }

  /** Ids of the new rows. */
  async post(
    iban: string,
    rows: readonly NewRow[],
    { sync = true }: Spread = {},
  ): Promise<readonly number[]> {
    const posted = await this.call<{ rowIds: number[] }>('POST', `/accounts/${iban}/transactions`, {
      rows,
      sync,
    });
    return posted.rowIds;
  }

  /** `count` plausible rows of `date` (default: today). */
  async postSome(
    iban: string,
    count: number,
    { sync = true, date }: Spread & { readonly date?: string } = {},
  ): Promise<readonly number[]> {
    const body = { count, sync, ...(date !== undefined && { date }) };
    return (await this.call<{ rowIds: number[] }>('POST', `/accounts/${iban}/transactions`, body)).rowIds;
  }

  async change(
    iban: string,
    rowId: number,
    changes: Partial<NewRow>,
    { sync = true }: Spread = {},
  ): Promise<void> {
    await this.call('PATCH', `/accounts/${iban}/transactions/${rowId}`, { ...changes, sync });
  }

  async remove(iban: string, rowId: number, { sync = true }: Spread = {}): Promise<void> {
    await this.call('DELETE', `/accounts/${iban}/transactions/${rowId}?sync=${sync}`);
  }

  async postBadRows(
    iban: string,
    kinds: readonly string[],
    { sync = true, date }: Spread & { readonly date?: string } = {},
  ): Promise<readonly number[]> {
    const body = { kinds, sync, ...(date !== undefined && { date }) };
    return (await this.call<{ rowIds: number[] }>('POST', `/accounts/${iban}/bad-rows`, body)).rowIds;
  }

  async changeAccount(
    iban: string,
    changes: { balance?: string; currency?: string; closed?: boolean },
    { sync = true }: Spread = {},
  ): Promise<void> {
    await this.call('PATCH', `/accounts/${iban}`, { ...changes, sync });
  }

  /** The provider reads the bank into every connection and sends its webhooks. */
  async sync(iban: string): Promise<void> {
    await this.call('POST', `/accounts/${iban}/sync`);
  }

  /** The provider's connections that hold this account. */
  async connectionsOf(iban: string): Promise<readonly SandboxConnection[]> {
    const { connections } = await this.call<{ connections: SandboxConnection[] }>('GET', '/connections');
    return connections.filter(({ accounts }) => accounts.some((account) => account.iban === iban));
  }

  async configure(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await this.call('PATCH', '/settings', settings);
  }

  async fault(fault: {
    kind: string;
    times?: number;
    path?: string;
    userId?: number;
    delayMs?: number;
    retryAfter?: number;
  }): Promise<void> {
    await this.call('POST', '/faults', fault);
  }

  async webhooks(after = 0): Promise<readonly SandboxWebhook[]> {
    return (await this.call<{ webhooks: SandboxWebhook[] }>('GET', `/webhooks?after=${after}`)).webhooks;
  }

  /** Sends what waits now. */
  async flushWebhooks(): Promise<void> {
    await this.call('POST', '/webhooks/flush');
  }

  async requestCount(path: string): Promise<number> {
    return (await this.call<{ count: number }>('GET', `/requests?path=${encodeURIComponent(path)}`)).count;
  }
}
