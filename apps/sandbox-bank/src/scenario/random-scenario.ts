import { fromCents } from '../bank/decimal-text.js';
import { randomFrom, type Random } from '../bank/random.js';
import { type KnownAccount, PLAIN_SETTINGS, randomSettings, randomTrouble } from './random-trouble.js';
import { readScenario } from './read-scenario.js';
import type { Scenario, ScenarioAccount, ScenarioGroup, ScenarioRow, Step } from './scenario.js';

export interface RandomOptions {
  /** Virtual days, the calm last one included. */
  readonly days?: number;
  /** Most accounts; at least one is a current account. */
  readonly accounts?: number;
  /** Most rows that one step posts. */
  readonly rows?: number;
  /** Probability that a day brings trouble (0: a bank that only ever books). */
  readonly trouble?: number;
}

/** All in the past: a client's event store may stamp what it records by a clock of its own. */
const STARTS = ['2025-03-24', '2025-10-20', '2026-01-05', '2025-06-28', '2025-12-27', '2024-02-25'] as const;
const WORDINGS = [
  'CARTE 12/03 RESTAURANT LE QUAI',
  'VIR SEPA RECU ATELIER NORD FACTURE 2026-014',
  'PRLV SEPA TELECOM PRO',
  'VIR SEPA SCI DES TILLEULS LOYER',
  'RETRAIT DAB VERNAY',
  'CARTE 05/03 CAFÉ « L’ÉTÉ » 🥐 100%',
] as const;
const TIMES = ['00:30', '02:30', '06:00', '09:15', '13:40', '18:05', '23:50'] as const;
/** Of so many stories with nothing but trouble, one ends with the connection. */
const ENDED_OF_TROUBLED = 4;

/** Tells a random story; remembers what exists, so that every step can be played. */
class Teller {
  private rowCount = 0;
  private today = 0;
  /** The bank day of each row, counted from the first of the story. */
  private readonly dayOf = new Map<string, number>();
  private inTrouble = false;
  /** Not found yet. */
  private readonly later: KnownAccount[] = [];
  private readonly accounts: KnownAccount[] = [];

  constructor(
    private readonly random: Random,
    private readonly options: Required<RandomOptions>,
    /** On this day the connection is deleted at the provider's side, or its user; `null`: on none. */
    private readonly lastDay: number | null,
  ) {}

  openAccounts(): ScenarioAccount[] {
    const count = this.random.between(1, this.options.accounts);
    return Array.from({ length: count }, (_, index) => {
      const type = index === 0 ? 'checking' : this.random.pick(['checking', 'savings', 'card']);
      const account: KnownAccount = {
        ref: `a${index + 1}`,
        type,
        booked: [],
        coming: [],
        gone: [],
        isDisabled: false,
        isClosed: false,
      };
      const isLater = index > 0 && this.random.chance(0.4);
      (isLater ? this.later : this.accounts).push(account);
      return {
        ref: account.ref,
        type,
        ...(isLater && { later: true }),
        ...(type === 'card' && { parent: 'a1' }),
        balance: fromCents(this.random.between(-100_000, 5_000_000)),
        rows: this.rows(account, this.random.between(0, this.options.rows), -30),
      };
    });
  }

  day(day: number): ScenarioGroup {
    this.today = day;
    const steps = Array.from({ length: this.random.between(1, 4) }, () => this.calmStep()).flat();
    if (this.random.chance(this.options.trouble)) steps.push(...this.troubleStep());
    if (day === this.lastDay) steps.push(this.random.pick([{ deleteConnection: {} }, { deleteUser: {} }]));
    return { day, at: this.random.pick(TIMES), steps, ...(this.random.chance(0.2) && { sync: false }) };
  }

  /** After the last day everything is well, so that whoever reads the bank has a fair chance. */
  calm(day: number): ScenarioGroup {
    const steps: Step[] = [
      { clearFaults: { own: true } },
      {
        webhooks: {
          duplicated: false,
          paused: false,
          held: false,
          lateHours: 0,
          fault: null,
          release: 'as-they-happened',
        },
      },
      { settings: PLAIN_SETTINGS },
      { mend: {} },
      { override: { connection: true } },
      ...this.accounts.map(({ ref }): Step => ({ override: { account: ref } })),
      ...this.accounts
        .filter(({ isClosed }) => isClosed)
        .map(({ ref }): Step => ({ reopen: { account: ref } })),
      ...this.accounts
        .filter(({ isDisabled }) => isDisabled)
        .map(({ ref }): Step => ({ enable: { account: ref } })),
      { state: { is: null } },
      { consent: { expiresInDays: 180 } },
    ];
    return { day, at: '12:00', steps };
  }

  private rows(account: KnownAccount, count: number, oldest: number): ScenarioRow[] {
    return Array.from({ length: count }, () => {
      this.rowCount += 1;
      const ref = `r${this.rowCount}`;
      const coming = account.type === 'card' || this.random.chance(0.15);
      (coming ? account.coming : account.booked).push(ref);
      const date = coming ? this.random.between(0, 4) : this.random.between(oldest, 0);
      this.dayOf.set(ref, this.today + date);
      return {
        ref,
        date,
        value: fromCents((this.random.chance(0.7) ? -1 : 1) * this.random.between(1, 40_000)),
        wording: this.random.pick(WORDINGS),
        ...(this.random.chance(0.2) && { rdate: this.random.between(oldest - 3, 0) }),
        ...(this.random.chance(0.2) && { vdate: this.random.pick([null, -1, 0, 1, 2]) }),
        ...(account.type === 'card' && { type: 'deferred_card' }),
        ...(coming && { coming }),
        ...(!coming && this.random.chance(0.1) && { copies: this.random.between(2, 4) }),
      };
    });
  }

  private oneAccount(): KnownAccount {
    const account = this.accounts[this.random.between(0, this.accounts.length - 1)] ?? this.accounts[0];
    if (!account) throw new Error('A story needs an account.');
    return account;
  }

  /** Takes one of the names out of the list. */
  private take(names: string[]): string | undefined {
    return names.splice(this.random.between(0, Math.max(0, names.length - 1)), 1)[0];
  }

  /**
   * Booked rows that may change or go. Those of the account's first day do neither: when it is re-created at that moment, nobody
   * can tell them from a history that begins later under the new id.
   */
  private followable({ booked }: KnownAccount): string[] {
    const days = booked.map((ref) => this.dayOf.get(ref) ?? 0);
    const first = Math.min(...days);
    return booked.filter((_, nth) => (days[nth] ?? first) > first);
  }

  private calmStep(): Step[] {
    const account = this.oneAccount();
    const dice = this.random.next();
    if (dice < 0.45)
      return [
        {
          post: {
            account: account.ref,
            rows: this.rows(account, this.random.between(1, this.options.rows), -8),
          },
        },
      ];
    if (dice < 0.65) return this.book(account);
    if (dice < 0.78) return this.change(account);
    if (dice < 0.86) return this.remove(account);
    if (dice < 0.9) {
      const row = this.take(account.gone);
      if (row === undefined) return [];
      account.booked.push(row);
      return [{ restore: { row } }];
    }
    return [{ sync: {} }];
  }

  private identity(): { id?: 'new'; tombstone?: boolean } {
    if (this.random.chance(0.5)) return {};
    return { id: 'new', ...(this.random.chance(0.4) && { tombstone: false }) };
  }

  private book(account: KnownAccount): Step[] {
    const row = this.take(account.coming);
    if (row === undefined) return [];
    account.booked.push(row);
    this.dayOf.set(row, Math.min(this.dayOf.get(row) ?? this.today, this.today));
    const corrected = this.random.chance(0.3) && { value: fromCents(-this.random.between(1, 40_000)) };
    return [{ book: { row, ...this.identity(), ...corrected } }];
  }

  private change(account: KnownAccount): Step[] {
    const rows = this.followable(account);
    const row = rows[this.random.between(0, Math.max(0, rows.length - 1))];
    if (row === undefined) return [];
    const what = this.random.pick(['date', 'value', 'wording']);
    const date = this.random.between(-6, 0);
    if (what === 'date') this.dayOf.set(row, this.today + date);
    return [
      {
        change: {
          row,
          ...this.identity(),
          ...(what === 'date' && { date }),
          ...(what === 'value' && { value: fromCents(-this.random.between(1, 90_000)) }),
          ...(what === 'wording' && { wording: `RECTIF ${this.random.pick(WORDINGS)}` }),
        },
      },
    ];
  }

  private remove(account: KnownAccount): Step[] {
    const row = this.take(this.followable(account));
    if (row === undefined) return [];
    account.booked = account.booked.filter((ref) => ref !== row);
    account.gone.push(row);
    return [{ delete: { row, ...(this.random.chance(0.4) && { tombstone: false }) } }];
  }

  private troubleStep(): Step[] {
    const account = this.oneAccount();
    if (this.inTrouble && this.random.chance(0.6)) {
      this.inTrouble = false;
      return [{ repair: {} }, ...(this.random.chance(0.3) ? [{ recreate: {} } as const] : [])];
    }
    const found = this.random.chance(0.4) ? this.later.shift() : undefined;
    if (found) {
      this.accounts.push(found);
      return [{ discover: { account: found.ref } }, { enable: { account: found.ref } }];
    }
    const steps = randomTrouble(this.random, account);
    this.inTrouble ||= steps.some((step) => 'state' in step || 'consent' in step);
    return steps;
  }
}

/**
 * A random bank for soak tests: the same seed and options give the same scenario. Its last day repairs everything, so
 * that after it the ledger must equal the bank, unless the connection was deleted on the way.
 */
export const randomScenario = (seed: string | number, options: RandomOptions = {}): Scenario => {
  const random = randomFrom(`scenario:${seed}`);
  const whole = { days: 20, accounts: 3, rows: 8, trouble: 0.5, ...options };
  const lastDay = random.chance(whole.trouble / ENDED_OF_TROUBLED) ? random.between(1, whole.days) : null;
  const teller = new Teller(random, whole, lastDay);
  const accounts = teller.openAccounts();
  const days = Array.from({ length: Math.max(0, whole.days - 1) }, (_, day) => teller.day(day));
  return readScenario({
    name: `random ${seed}`,
    seed: `random-${seed}`,
    start: `${random.pick(STARTS)} 00:00`,
    ...(random.chance(whole.trouble) && { settings: randomSettings(random) }),
    accounts,
    days: [...days, teller.calm(whole.days)],
  });
};
