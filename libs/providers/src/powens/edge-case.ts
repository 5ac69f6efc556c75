import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays, dayIn } from '#kernel';
import type { FetchedTransaction } from '#domain';
import type { ConnectionSnapshot, ProviderAccess, ProviderAccount } from '../bank-provider.js';
import { type Fetched, fetchAll } from '../provider-suite.js';
import { CLIENT_SECRET, REDIRECT_URI, sandboxWorld, type SandboxWorld } from './sandbox-world.js';

/** The sandbox's clock stands still here, as Powens writes it. */
export const NOON = '2026-03-14 12:00:00';

/** One person with one bank account of three rows (ONE, TWO, THREE), linked and read. */
export interface Person {
  readonly access: ProviderAccess;
  readonly iban: string;
  readonly connection: string;
}

export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
}

export type Row = Extract<FetchedTransaction, { kind: 'row' }>;

export const rowsOf = (items: readonly FetchedTransaction[]): readonly Row[] =>
  items.filter((item) => item.kind === 'row');

const ibanOf = (nth: number): string => {
  const national = `9999800077000000${String(4000 + nth)}042`;
  const check = 98n - (BigInt(`${national}152700`) % 97n);
  return `FR${String(check).padStart(2, '0')}${national}`;
};

/** Starts the sandbox bank as a process (`#engines`, which only specs may import). */
export type StartBank = (options: {
  readonly dataDir: string;
  readonly logFile: string;
  readonly port: number;
  readonly entry: string;
  readonly settings: Readonly<Record<string, string>>;
}) => Promise<{ readonly url: string; stop(): Promise<unknown> }>;

/** A sandbox bank of our own, in a process of its own, and people in it: for the specs of the edge cases. */
export class EdgeCases {
  private constructor(
    readonly world: SandboxWorld,
    readonly url: string,
    private readonly end: () => Promise<void>,
  ) {}

  private people = 0;

  static async open(start: StartBank): Promise<EdgeCases> {
    const dataDir = await mkdtemp(join(tmpdir(), 'passerelle-edge-cases-'));
    const bank = await start({
      dataDir: join(dataDir, 'bank'),
      logFile: join(dataDir, 'sandbox.log'),
      port: 0,
      entry: join(process.cwd(), 'dist/apps/sandbox-bank/src/main.js'),
      settings: { 'redirect-uri': REDIRECT_URI, 'client-secret': CLIENT_SECRET, clock: NOON },
    });
    const world = await sandboxWorld(bank.url, ibanOf(0));
    await world.control('PATCH', '/settings', { syncDelayMs: 0, recentSyncMs: 0, flushEveryMs: 100 });
    return new EdgeCases(world, bank.url, async () => {
      await world.close();
      await bank.stop();
      await rm(dataDir, { recursive: true, force: true });
    });
  }

  close(): Promise<void> {
    return this.end();
  }

  /** Takes back what a case had planned or set for everybody. */
  async reset(): Promise<void> {
    for (const planned of ['/faults', '/visits', '/requests']) await this.world.control('DELETE', planned);
    const settings = {
      timestampStyle: 'paris',
      amountsAsText: false,
      webhookFault: null,
      webhookUrl: null,
      rateLimitPerMinute: 0,
    };
    await this.world.control('PATCH', '/settings', settings);
    await this.setClock(NOON);
  }

  /** Paris wall time, or an instant with its zone. */
  async setClock(now: string): Promise<void> {
    await this.world.control('PUT', '/clock', { now });
  }

  freshIban(): string {
    this.people += 1;
    return ibanOf(this.people);
  }

  async person(): Promise<Person> {
    const iban = this.freshIban();
    await this.openAccount(iban);
    const access = await this.newUser();
    const connection = await this.connect(access, [iban]);
    await this.post(iban, [
      { date: '2026-03-10', value: '-1.00', originalWording: 'ONE' },
      { date: '2026-03-11', value: '-2.00', originalWording: 'TWO' },
      { date: '2026-03-12', value: '-3.00', originalWording: 'THREE' },
    ]);
    return { access: { ...access, providerConnectionId: connection }, iban, connection };
  }

  /** A user whom the adapter created, without a bank. */
  async newUser(): Promise<ProviderAccess> {
    const session = await this.world.provider.startLink({
      access: null,
      state: 'edge',
      redirectUri: REDIRECT_URI,
      iban: this.world.iban,
      language: 'fr',
    });
    return session.access;
  }

  async openAccount(iban: string, count = 0): Promise<void> {
    await this.world.control('POST', '/accounts', { iban, count, cardCount: 0 });
  }

  async connect({ providerUserId }: ProviderAccess, ibans: readonly string[]): Promise<string> {
    const linked = await this.world.control('POST', `/users/${providerUserId}/connections`, { ibans });
    return String(linked['id']);
  }

  async post(iban: string, rows: readonly object[]): Promise<void> {
    await this.world.control('POST', `/accounts/${iban}/transactions`, { rows });
  }

  /** The bank's own number of the row with this text. */
  async rowId(iban: string, text: string): Promise<number> {
    const truth = await this.world.control('GET', `/accounts/${iban}/transactions`);
    const rows = truth['transactions'] as { rowId: number; originalWording: string }[];
    return rows.find((row) => row.originalWording === text)?.rowId ?? 0;
  }

  patchConnection({ connection }: Person, changes: object): Promise<Record<string, unknown>> {
    return this.world.control('PATCH', `/connections/${connection}`, changes);
  }

  describe({ access }: Person): Promise<ConnectionSnapshot> {
    return this.world.provider.describe(access);
  }

  /** The account under the person's IBAN, whatever its status; the last one where it came back. */
  async account(person: Person): Promise<ProviderAccount> {
    const { accounts } = await this.describe(person);
    const found = accounts.filter(({ iban }) => iban === person.iban).at(-1);
    if (!found) throw new Error('The person has no such account.');
    return found;
  }

  async fetch(
    person: Person,
    cursor: string | null = null,
    accounts?: readonly ProviderAccount[],
  ): Promise<Fetched> {
    const wanted = accounts ?? [await this.account(person)];
    return fetchAll(this.world.provider, { access: person.access, accounts: wanted, cursor });
  }

  fault(person: Person, kind: string, more: object = {}): Promise<Record<string, unknown>> {
    const userId = Number(person.access.providerUserId);
    return this.world.control('POST', '/faults', { kind, userId, ...more });
  }

  /** What the sandbox was asked below this path, in order. */
  async calls(path: string): Promise<readonly SeenCall[]> {
    const seen = await this.world.control('GET', `/requests?path=${encodeURIComponent(path)}`);
    return seen['requests'] as SeenCall[];
  }
}

/** A day of the real calendar, which the window of a fetch is counted from. */
export const realDay = (back: number): string =>
  addDays(dayIn('Europe/Paris', new Date().toISOString()), -back);
