import { withCheckDigits } from '../bank/iban.js';
import { RunningSandbox } from './running-sandbox.js';
import type { Answer, Credentials } from './sandbox-driver.js';
import { listenForWebhooks, type WebhookListener } from './webhook-listener.js';

export interface SeenAccount {
  readonly id: number;
  readonly iban: string | null;
  readonly disabled: string | null;
  readonly deleted: string | null;
}

export interface SeenRow {
  readonly id: number;
  readonly id_account: number;
  readonly value: number;
  readonly date: string;
  readonly original_wording: string;
  readonly coming: boolean;
  readonly last_update: string;
  readonly deleted: string | null;
}

export interface SeenPage {
  readonly transactions: SeenRow[];
  readonly _links?: { readonly next: { readonly href: string } | null };
}

export interface SeenConnection {
  readonly id: number;
  readonly state: string | null;
  readonly expire: string | null;
  readonly next_try: string | null;
  readonly last_update: string | null;
}

export const NOON = '2026-03-14 12:00';

/** A sandbox whose clock stands at noon, with a fresh user, account and connection for every spec. */
export class Situation {
  readonly sandbox = new RunningSandbox();
  user: Credentials = { userId: 0, token: '' };
  iban = '';
  connectionId = 0;
  private webhooks: WebhookListener | undefined;
  private next = 3000;

  async start(): Promise<void> {
    this.webhooks = await listenForWebhooks();
    await this.sandbox.start(
      { webhookUrl: this.webhooks.url, flushEveryMs: 60_000 },
      { clockMs: Date.parse('2026-03-14T11:00:00Z') },
    );
  }

  async dispose(): Promise<void> {
    await this.sandbox.dispose();
    await this.webhooks?.stop();
  }

  get listener(): WebhookListener {
    if (!this.webhooks) throw new Error('Nothing was started.');
    return this.webhooks;
  }

  /** A user with one account of three rows: ONE, TWO and THREE, of -1, -2 and -3. */
  readonly renew = async (): Promise<void> => {
    const plain = {
      webhookSecret: null,
      webhookFault: null,
      webhooksHeld: false,
      webhooksLateMs: 0,
      timestampStyle: 'paris',
      amountsAsText: false,
    };
    await this.send('PATCH', 'settings', plain);
    await this.send('PUT', 'clock', { now: NOON });
    for (const planned of ['faults', 'visits']) await this.send('DELETE', planned);
    this.user = await this.sandbox.driver.newUser();
    this.iban = withCheckDigits('FR', `9999800077000000${this.next++}042`);
    await this.send('POST', 'accounts', { iban: this.iban, count: 0 });
    const linked = await this.send<{ id: number }>('POST', `users/${this.user.userId}/connections`, {
      ibans: [this.iban],
    });
    this.connectionId = linked.body.id;
    await this.send('POST', `accounts/${this.iban}/transactions`, {
      rows: [
        { date: '2026-03-10', value: -1, originalWording: 'ONE' },
        { date: '2026-03-11', value: -2, originalWording: 'TWO' },
        { date: '2026-03-12', value: -3, originalWording: 'THREE' },
      ],
    });
  };

  /** A call of the control API. */
  readonly send = <Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer<Body>> =>
    this.sandbox.driver.call<Body>(`/sandbox/${path}`, {
      method,
      ...(method !== 'GET' && { body: body ?? {} }),
    });

  /** A call of the provider's API in the user's name. */
  readonly me = <Body = Record<string, unknown>>(path: string): Promise<Answer<Body>> =>
    this.sandbox.driver.call<Body>(`/2.0/users/me/${path}`, this.user);

  readonly page = (path = '/2.0/users/me/transactions?limit=1&all'): Promise<Answer<SeenPage>> =>
    this.sandbox.driver.call<SeenPage>(path, this.user);

  readonly rows = async (query = 'all'): Promise<SeenRow[]> =>
    (await this.me<SeenPage>(`transactions?limit=1000&${query}`)).body.transactions;

  readonly wordings = async (query?: string): Promise<string[]> =>
    (await this.rows(query)).map((row) => row.original_wording);

  /** At the bank. */
  readonly rowIds = async (): Promise<number[]> => {
    const path = `accounts/${this.iban}/transactions`;
    const { body } = await this.send<{ transactions: { rowId: number }[] }>('GET', path);
    return body.transactions.map(({ rowId }) => rowId);
  };

  readonly accounts = async (query = 'all'): Promise<SeenAccount[]> =>
    (await this.me<{ accounts: SeenAccount[] }>(`accounts?${query}`)).body.accounts.filter(
      (account) => account.iban === this.iban || account.iban === null,
    );

  readonly connection = async (): Promise<SeenConnection> =>
    (await this.me<SeenConnection>(`connections/${this.connectionId}`)).body;

  readonly advance = (span: object): Promise<Answer<{ happened: { what: string }[] }>> =>
    this.send('POST', 'clock/advance', span);

  readonly fault = (kind: string, more: object = {}): Promise<Answer<Record<string, unknown>>> =>
    this.send('POST', 'faults', { kind, userId: this.user.userId, ...more });
}
