import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type CoreEngine, type Engines, startEngines } from '#engines';
import { eventually, freePorts, processesIn } from '../harness/index.js';

/** The three engines as somebody else's servers: the services that use them cannot bring them back. */
export class OwnEngines {
  readonly dataDir: string;
  readonly #engines: Engines;
  readonly #ended: Set<string>;

  private constructor(dataDir: string, engines: Engines, ended: Set<string>) {
    this.dataDir = dataDir;
    this.#engines = engines;
    this.#ended = ended;
  }

  static async start(): Promise<OwnEngines> {
    const dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'passerelle-engines-')));
    mkdirSync(dataDir, { recursive: true });
    const ended = new Set<string>();
    const [eventStore, nats, postgres] = await freePorts(3);
    const engines = await startEngines({
      dataDir,
      binDir: resolve('.passerelle/bin'),
      eventStoreEntry: resolve('dist/apps/embedded-event-store/src/main.js'),
      ports: { 'event-store': eventStore ?? 0, nats: nats ?? 0, postgres: postgres ?? 0 },
      onExit: ({ engine }) => ended.add(engine),
    });
    return new OwnEngines(dataDir, engines, ended);
  }

  get urls(): {
    readonly eventStoreUrl: string;
    readonly natsUrl: string;
    readonly databaseUrl: string;
  } {
    const { eventStoreUrl, natsUrl, databaseUrl } = this.#engines;
    return {
      eventStoreUrl: eventStoreUrl ?? '',
      natsUrl: natsUrl ?? '',
      databaseUrl: databaseUrl ?? '',
    };
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(engine: CoreEngine): Promise<void> {
    process.kill(this.#pid(engine), 'SIGKILL');
    await eventually(() => {
      if (!this.#ended.has(engine)) throw new Error(`${engine} has not ended`);
    });
  }

  /** On its data and port of before, after {@link kill}. */
  async restart(engine: CoreEngine): Promise<void> {
    this.#ended.delete(engine);
    await this.#engines.restart(engine);
  }

  /** It keeps its connections and answers nothing, until {@link thaw}. */
  freeze(engine: Exclude<CoreEngine, 'postgres'>): void {
    process.kill(this.#pid(engine), 'SIGSTOP');
  }

  thaw(engine: Exclude<CoreEngine, 'postgres'>): void {
    process.kill(this.#pid(engine), 'SIGCONT');
  }

  async dispose(): Promise<void> {
    await this.#engines.stop();
    await eventually(() => {
      const left = processesIn(this.dataDir);
      if (left.length > 0) throw new Error(`Engines are left:\n${left.join('\n')}`);
    });
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  #pid(engine: CoreEngine): number {
    const pid = this.#engines.running().find(({ name }) => name === engine)?.pid;
    if (pid === undefined) throw new Error(`${engine} does not run.`);
    return pid;
  }
}
