import type { Manners, Settings } from '../settings.js';
import type { Store } from '../store.js';

/** `null`: as the sandbox's settings say, again. */
export type MannersChange = { readonly [Name in keyof Manners]?: Manners[Name] | null | undefined };

interface Stored {
  readonly id: string;
  readonly settings: string;
}

/** How each user is answered: by the settings of the sandbox, and before them by those of scenarios that the user holds accounts of. */
export class MannersBook {
  private readonly known: Map<string, Partial<Manners>>;

  constructor(
    private readonly store: Store,
    private readonly settings: Settings,
  ) {
    const stored = store.all<Stored>('SELECT id_scenario AS id, settings FROM scenario_settings');
    this.known = new Map(stored.map(({ id, settings: own }) => [id, JSON.parse(own) as Partial<Manners>]));
  }

  /** `null`: nobody in particular. */
  of(userId: number | null): Manners {
    return userId === null || this.known.size === 0
      ? this.settings
      : { ...this.settings, ...this.own(userId) };
  }

  /** What scenarios say alone; of several, the one that was loaded last. */
  own(userId: number): Partial<Manners> {
    if (this.known.size === 0) return {};
    const scenarios = this.store.all<{ id: string }>(
      `SELECT id FROM scenarios WHERE id IN (SELECT s.id_scenario FROM scenario_accounts s
         JOIN accounts a ON a.account_key = s.account_key WHERE a.id_user = ?) ORDER BY rowid`,
      userId,
    );
    return Object.assign({}, ...scenarios.map(({ id }) => this.known.get(id) ?? {})) as Partial<Manners>;
  }

  /** For everybody who holds an account of the scenario, or will. */
  change(scenarioId: string, changes: MannersChange): void {
    const told = Object.entries({ ...this.known.get(scenarioId), ...changes });
    const own = Object.fromEntries(told.filter(([, value]) => value !== null && value !== undefined));
    this.known.set(scenarioId, own);
    this.store.run('INSERT OR REPLACE INTO scenario_settings VALUES (?, ?)', scenarioId, JSON.stringify(own));
  }
}
