import type { ConnectionView } from '#client';
import { type Credentials, SandboxDriver } from '../../apps/sandbox-bank/src/driving/sandbox-driver.js';
import type { ClockedServices } from './clocked-services.js';
import { eventually } from './eventually.js';
import { freshIban, freshTenant } from './iban.js';
import { patiently, quietHistory } from './linking.js';
import type { SettableClock } from './settable-clock.js';

const DAYS_OF_HISTORY = 20;

/** One account of one company with what is linked to it at the moment. */
export class Scene {
  readonly iban = freshIban();
  readonly tenantId = freshTenant();
  connectionId = '';
  /** What the provider calls the connection, and all that it was called before. */
  providerIds: number[] = [];
  user: Credentials = { userId: 0, token: '' };
  /** The day of all that happens at the bank, whenever it is told. */
  readonly day: string;
  readonly #seed: string;

  constructor(
    readonly services: ClockedServices,
    clock: SettableClock,
    /** The same for the same tale, so that the bank's rows are the same each time it is told. */
    seed: string,
  ) {
    this.day = clock.now().slice(0, 10);
    this.#seed = seed;
  }

  get providerId(): number {
    return this.providerIds.at(-1) ?? 0;
  }

  async openAccount(iban: string = this.iban): Promise<void> {
    await this.services.sandbox.call('POST', '/accounts', {
      iban,
      count: 25,
      days: DAYS_OF_HISTORY,
      until: this.day,
      seed: `${this.#seed} ${iban === this.iban}`,
    });
  }

  /** Links as a caller does who has a user at the provider already, and waits for the first import. */
  async link(): Promise<void> {
    const { api, sandbox } = this.services;
    this.user = await this.#driver().newUser();
    const made = await sandbox.call<{ id: number }>('POST', `/users/${this.user.userId}/connections`, {
      ibans: [this.iban],
    });
    const request = {
      tenantId: this.tenantId,
      companyId: 'company-1',
      accountId: 'account-1',
      institutionId: 'BNPAFRPP',
      iban: this.iban,
      credentials: {
        accessToken: this.user.token,
        providerUserId: String(this.user.userId),
        providerConnectionId: String(made.id),
      },
    };
    const idempotencyKey = crypto.randomUUID();
    const opened = await patiently(() => api.openConnection(request, { idempotencyKey }));
    this.connectionId = opened.id;
    this.providerIds.push(made.id);
    await eventually(async () => {
      const [newest] = await quietHistory(this.services, this.connectionId);
      if (newest?.status !== 'success') throw new Error(`${newest?.status}: ${newest?.errorMessage}`);
    });
  }

  /** Shares an account that the provider found but may not read yet, as the person does on the provider's pages. */
  async enable(accountId: number): Promise<void> {
    await this.#driver().call(`/2.0/users/me/accounts/${accountId}?all`, {
      method: 'PUT',
      token: this.user.token,
      body: { disabled: false },
    });
  }

  /** The provider's connection does something, told by its control API. */
  atProvider<T>(method: string, path = '', body?: object): Promise<T> {
    return this.services.sandbox.call<T>(method, `/connections/${this.providerId}${path}`, body);
  }

  /** Row ids of the account, oldest first. */
  async rowIds(): Promise<readonly number[]> {
    const { transactions } = await this.services.sandbox.truth(this.iban);
    return transactions.map(({ rowId }) => rowId).toSorted((a, b) => a - b);
  }

  async post(...values: readonly number[]): Promise<void> {
    const rows = values.map((value) => ({ date: this.day, value, originalWording: `ROW OF ${-value}` }));
    await this.services.sandbox.post(this.iban, rows);
  }

  view(): Promise<ConnectionView> {
    return this.services.api.getConnection(this.connectionId);
  }

  #driver(): SandboxDriver {
    const { id, secret } = this.services.sandboxClient;
    return new SandboxDriver(this.services.sandbox.url, id, secret);
  }
}

/** What happens to one connection, step by step; the provider tells of each step by its webhooks. */
export interface Tale {
  readonly name: string;
  readonly steps: readonly ((scene: Scene) => Promise<unknown>)[];
  /**
   * What the ledger must agree with at the end: the bank's rows, by their ids; or their contents alone, because the provider
   * erased its ids and perhaps made new ones, while the ledger keeps what it has.
   */
  readonly agreesBy: 'id' | 'content';
}

const secondAccount = freshIban();

export const TALES: readonly Tale[] = [
  {
    name: 'rows come, change and go',
    agreesBy: 'id',
    steps: [
      (scene) => scene.post(-1.01, -2.02, -3.03),
      async (scene) => {
        const [first = 0] = await scene.rowIds();
        await scene.services.sandbox.change(scene.iban, first, { value: -77.7 });
      },
      async (scene) => {
        const [, second = 0] = await scene.rowIds();
        await scene.services.sandbox.remove(scene.iban, second);
      },
      (scene) => scene.post(-4.04),
    ],
  },
  {
    name: 'an error passes',
    agreesBy: 'id',
    steps: [
      (scene) => scene.atProvider('PATCH', '', { state: 'SCARequired' }),
      (scene) => scene.atProvider('PATCH', '', { state: 'wrongpass' }),
      (scene) => scene.atProvider('PATCH', '', { state: null }),
      (scene) => scene.post(-5.05),
    ],
  },
  {
    name: 'another account is found and shared',
    agreesBy: 'id',
    steps: [
      async (scene) => {
        await scene.openAccount(secondAccount).catch(() => undefined);
        await scene.atProvider('POST', '/accounts', { iban: secondAccount });
      },
      async (scene) => {
        const { accounts } = await scene.atProvider<{ accounts: { id: number }[] }>('GET');
        await scene.enable(Math.max(...accounts.map(({ id }) => id)));
        await scene.atProvider('POST', '/sync');
      },
      (scene) => scene.post(-6.06),
    ],
  },
  {
    name: 'the connection is deleted at the provider',
    agreesBy: 'content',
    steps: [
      (scene) => scene.atProvider('PATCH', '', { state: 'SCARequired' }),
      (scene) => scene.atProvider('DELETE'),
    ],
  },
  {
    name: 'the connection is linked anew',
    agreesBy: 'content',
    steps: [
      (scene) => scene.post(-7.07),
      async (scene) => {
        await scene.services.api.delete(scene.connectionId);
        const isGone = async (): Promise<void> => {
          const { connections } = await scene.services.sandbox.call<{ connections: { id: number }[] }>(
            'GET',
            '/connections',
          );
          if (connections.some(({ id }) => id === scene.providerId)) throw new Error('still there');
        };
        await eventually(isGone);
      },
      (scene) => scene.link(),
      (scene) => scene.post(-8.08),
    ],
  },
];
