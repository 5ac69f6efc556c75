import type { Sandbox } from '../sandbox.js';
import { connectionView } from '../aggregator/connections.js';
import { linkConnection } from '../aggregator/link-connection.js';
import { addDays } from '../bank/days.js';
import { parisInstant, toInstant } from '../clock/paris-instant.js';
import type { DueSource } from '../clock/timeline.js';
import { truthOf } from '../control/truth.js';
import { parisTimestamp } from '../timestamps.js';
import { openScenarioAccounts } from './open-scenario.js';
import { nameOfStep, playStep } from './play-step.js';
import { keptScenario } from './read-scenario.js';
import type { Scenario, ScenarioGroup, Step } from './scenario.js';
import { Story } from './story.js';

interface StoredScenario {
  readonly id: string;
  readonly source: string;
  readonly first_day: string;
  readonly played: number;
}

interface TimedGroup {
  readonly atMs: number;
  readonly group: ScenarioGroup;
}

interface Loaded {
  readonly scenario: Scenario;
  /** In the order of their times. */
  readonly groups: readonly TimedGroup[];
}

const MORNING = '06:00';

const timeOf = (firstDay: string, { day, at = MORNING }: ScenarioGroup): number => {
  const date = addDays(firstDay, day);
  return at.endsWith('Z') ? Date.parse(`${date}T${at}`) : parisInstant(date, at);
};

const isStall = (step: Step): boolean => nameOfStep(step) === 'stall';

const idOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60) || 'scenario';

/** The scenarios that were loaded, and how far each has been played. */
export class ScenarioBook {
  private readonly loaded = new Map<string, Loaded>();

  constructor(private readonly sandbox: Sandbox) {
    for (const row of this.all())
      this.loaded.set(row.id, this.timed(keptScenario(row.source), row.first_day));
  }

  /**
   * Opens the scenario's accounts. Its `start` sets the clock, which then stands still, unless `keepClock`: then the
   * day of the clock is day 0. Its steps happen when the clock is moved past them.
   */
  load(scenario: Scenario, options: { readonly keepClock?: boolean } = {}): string {
    const { clock, store } = this.sandbox;
    const start = options.keepClock === true ? undefined : toInstant(scenario.start ?? '');
    const id = this.freeId(idOf(scenario.name));
    store.transaction(() => {
      const firstDay = parisTimestamp(start ?? clock.now()).slice(0, 10);
      openScenarioAccounts(this.sandbox, id, scenario, firstDay);
      store.run(
        'INSERT INTO scenarios (id, source, first_day) VALUES (?, ?, ?)',
        id,
        JSON.stringify(scenario),
        firstDay,
      );
      if (scenario.settings) this.sandbox.manners.change(id, scenario.settings);
      this.loaded.set(id, this.timed(scenario, firstDay));
    });
    if (start !== undefined) clock.set(start, 'frozen');
    return id;
  }

  /** Links all accounts of the scenario that can be seen, and reads them. Returns the connection's id. */
  link(id: string, userId: number): number {
    const story = new Story(this.sandbox, id);
    const { scenario } = this.known(id);
    const told = new Map(scenario.accounts.map((account) => [account.ref, account]));
    const visible = story.accounts().filter(({ login_key: login }) => !login.startsWith('later-'));
    const [first] = visible;
    if (!first) throw new Error(`Scenario ${id} has no account to link.`);
    const connectionId = linkConnection(this.sandbox, {
      userId,
      connectorId: first.id_connector,
      accounts: visible,
      enabledKeys: new Set(
        visible.filter(({ ref }) => told.get(ref)?.shared !== false).map(({ key }) => key),
      ),
      isReadByCaller: true,
    });
    this.sandbox.syncs.runNow(connectionId);
    return connectionId;
  }

  list(): { id: string; name: string; played: number; of: number }[] {
    return this.all().map(({ id, played }) => {
      const { scenario, groups } = this.known(id);
      return { id, name: scenario.name, played, of: groups.length };
    });
  }

  /** Where the scenario stands and what is true at the bank now. */
  view(id: string): Record<string, unknown> {
    const { scenario, groups } = this.known(id);
    const row = this.stored(id);
    const story = new Story(this.sandbox, id);
    const next = groups[row.played];
    const names = this.sandbox.store.all<{ ref: string; row_id: number }>(
      'SELECT ref, row_id FROM scenario_rows WHERE id_scenario = ? ORDER BY rowid',
      id,
    );
    return {
      id,
      name: scenario.name,
      about: scenario.about ?? null,
      seed: scenario.seed ?? scenario.name,
      firstDay: row.first_day,
      now: new Date(this.sandbox.now()).toISOString(),
      today: story.today,
      played: row.played,
      of: groups.length,
      next: next
        ? {
            at: new Date(next.atMs).toISOString(),
            day: next.group.day,
            steps: next.group.steps.map(nameOfStep),
          }
        : null,
      last: new Date(groups.at(-1)?.atMs ?? this.sandbox.now()).toISOString(),
      accounts: story.accounts().map((account) => ({
        ref: account.ref,
        type: account.type,
        closed: account.closed === 1,
        accountIds: story
          .copies(account.ref)
          .map((copy) => copy.id)
          .toReversed(),
        ...truthOf(this.sandbox, account),
      })),
      rows: Object.fromEntries(names.map((name) => [name.ref, name.row_id])),
      connections: story.connections().map((connection) => connectionView(this.sandbox, connection)),
    };
  }

  /** The next day of any scenario. */
  readonly due: DueSource = () => {
    let earliest: { row: StoredScenario; timed: TimedGroup } | undefined;
    for (const row of this.all()) {
      const timed = this.known(row.id).groups[row.played];
      if (timed && (!earliest || timed.atMs < earliest.timed.atMs)) earliest = { row, timed };
    }
    if (!earliest) return undefined;
    const { row, timed } = earliest;
    return {
      atMs: timed.atMs,
      what: `scenario ${row.id}, day ${timed.group.day}: ${timed.group.steps.map(nameOfStep).join(', ')}`,
      run: () => this.play(row, timed.group),
    };
  };

  private play(row: StoredScenario, { steps, sync }: ScenarioGroup): void {
    const { store, syncs } = this.sandbox;
    const story = new Story(this.sandbox, row.id);
    store.transaction(() => {
      store.run('UPDATE scenarios SET played = ? WHERE id = ?', row.played + 1, row.id);
      // A sync plans the next one, so that connections which are to be forgotten are forgotten after it.
      const [stalls, others] = [steps.filter(isStall), steps.filter((step) => !isStall(step))];
      for (const step of others) playStep(story, step);
      if (sync !== false) for (const { id } of story.connections()) syncs.runNow(id);
      for (const step of stalls) playStep(story, step);
    });
  }

  private timed(scenario: Scenario, firstDay: string): Loaded {
    const groups = scenario.days
      .map((group) => ({ group, atMs: timeOf(firstDay, group) }))
      .sort((a, b) => a.atMs - b.atMs);
    return { scenario, groups };
  }

  private all(): StoredScenario[] {
    return this.sandbox.store.all<StoredScenario>('SELECT * FROM scenarios ORDER BY rowid');
  }

  private known(id: string): Loaded {
    const loaded = this.loaded.get(id);
    if (!loaded)
      throw new UnknownScenario(
        `There is no scenario "${id}"; loaded: ${[...this.loaded.keys()].join(', ') || 'none'}.`,
      );
    return loaded;
  }

  private stored(id: string): StoredScenario {
    const row = this.all().find((each) => each.id === id);
    if (!row) throw new UnknownScenario(`There is no scenario "${id}".`);
    return row;
  }

  private freeId(wanted: string): string {
    for (let count = 1; ; count++) {
      const id = count === 1 ? wanted : `${wanted}-${count}`;
      if (!this.loaded.has(id)) return id;
    }
  }
}

export class UnknownScenario extends Error {
  override readonly name = 'UnknownScenario';
}
