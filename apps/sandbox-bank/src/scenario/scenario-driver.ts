import type { Scenario } from './scenario.js';

export interface TrueRow {
  readonly rowId: number;
  readonly date: string;
  /** Decimal, as the bank writes it. */
  readonly value: string;
  readonly originalWording: string;
  readonly type: string;
  readonly coming: boolean;
  readonly deleted: boolean;
  /** Spoilt on purpose: what a client makes of it is its affair. */
  readonly bad: boolean;
  readonly copies: readonly {
    readonly userId: number;
    readonly connectionId: number;
    readonly accountId: number;
    readonly transactionId: number;
    readonly deleted: string | null;
  }[];
}

export interface ScenarioView {
  readonly id: string;
  readonly today: string;
  readonly played: number;
  readonly of: number;
  readonly next: { readonly at: string; readonly day: number; readonly steps: readonly string[] } | null;
  /** When its last day is. */
  readonly last: string;
  readonly accounts: readonly {
    readonly ref: string;
    readonly key: string;
    readonly iban: string | null;
    readonly type: string;
    readonly currency: string;
    readonly balance: string | null;
    readonly closed: boolean;
    /** Under which ids the provider knows it, or knew it: of every connection, oldest first. */
    readonly accountIds: readonly number[];
    readonly transactions: readonly TrueRow[];
  }[];
  readonly rows: Readonly<Record<string, number>>;
  readonly connections: readonly { readonly id: number; readonly state: string | null }[];
}

/** Plays scenarios in a running sandbox over its control API; for tests and soaks. */
export class ScenarioDriver {
  constructor(
    /** `http://127.0.0.1:<port>` */
    private readonly url: string,
  ) {}

  load(scenario: Scenario, options: { readonly keepClock?: boolean } = {}): Promise<ScenarioView> {
    return this.call('POST', `/scenarios${options.keepClock === true ? '?clock=keep' : ''}`, { scenario });
  }

  loadYaml(yaml: string): Promise<ScenarioView> {
    return this.call('POST', '/scenarios', { yaml });
  }

  view(id: string): Promise<ScenarioView> {
    return this.call('GET', `/scenarios/${id}`);
  }

  /** Links and reads all accounts of the scenario for this user. */
  link(id: string, userId: number): Promise<{ readonly id: number }> {
    return this.call('POST', `/scenarios/${id}/link`, { userId });
  }

  /** Moves the clock through all that happens on the way. */
  advance(span: { days?: number; hours?: number; minutes?: number; to?: string }): Promise<{
    readonly now: string;
    readonly happened: readonly { readonly at: string; readonly what: string }[];
  }> {
    return this.call('POST', '/clock/advance', span);
  }

  /** Plays what comes next in the scenario; `false`: it is over. */
  async playNext(id: string): Promise<boolean> {
    const { next } = await this.view(id);
    if (next === null) return false;
    await this.advance({ to: next.at });
    return true;
  }

  private async call<Body>(method: string, path: string, body?: object): Promise<Body> {
    const response = await fetch(`${this.url}/sandbox${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`The sandbox bank answered ${response.status} to ${method} ${path}: ${text}`);
    return JSON.parse(text) as Body;
  }
}
