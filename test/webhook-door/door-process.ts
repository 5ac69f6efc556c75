import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Engines, startEngines } from '#engines';
import { KurrentEventStore } from '#event-store';
import { type RecordedEvent, streamOf } from '#kernel';
import { ChildProgram, eventually, freePorts, inherited } from '../harness/index.js';
import { healthOf } from '../resilience/health.js';

/** The built webhook door as a process of its own, on a log of its own and on nothing else. */
export class DoorProcess {
  readonly powensSecret = randomBytes(18).toString('base64url');
  readonly tinkSecret = randomBytes(18).toString('base64url');

  private constructor(
    readonly port: number,
    readonly store: KurrentEventStore,
    readonly engines: Engines,
    readonly dir: string,
  ) {}

  #program: ChildProgram | undefined;
  #hasStoreEnded = false;

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<DoorProcess> {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'passerelle-door-')));
    const [port = 0, storePort = 0] = await freePorts(2);
    let started: DoorProcess | undefined;
    const engines = await startEngines({
      dataDir: dir,
      binDir: dir,
      eventStoreEntry: resolve('dist/apps/embedded-event-store/src/main.js'),
      ports: { 'event-store': storePort },
      onExit: () => {
        if (started) started.#hasStoreEnded = true;
      },
    });
    const door = new DoorProcess(port, new KurrentEventStore(engines.eventStoreUrl ?? ''), engines, dir);
    started = door;
    await door.#launch(settings);
    return door;
  }

  get program(): ChildProgram {
    if (!this.#program) throw new Error('The door does not run.');
    return this.#program;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async delivery(deliveryId: string): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const event of this.store.readStream(streamOf('delivery', deliveryId))) events.push(event);
    return events;
  }

  /** SIGKILL to the log; resolves when it is gone. */
  async killLog(): Promise<void> {
    const [engine] = this.engines.running();
    if (engine?.pid === undefined) throw new Error('The log does not run.');
    process.kill(engine.pid, 'SIGKILL');
    await eventually(() => {
      if (!this.#hasStoreEnded) throw new Error('The log has not ended.');
    });
  }

  async restartLog(): Promise<void> {
    this.#hasStoreEnded = false;
    await this.engines.restart('event-store');
  }

  async dispose(): Promise<void> {
    try {
      if (this.#program?.hasExited === false) await this.#program.stop();
    } finally {
      await this.store.close();
      await this.engines.stop();
      rmSync(this.dir, { recursive: true, force: true });
    }
  }

  async #launch(settings: Readonly<Record<string, string>>): Promise<void> {
    const cwd = join(this.dir, 'door');
    mkdirSync(cwd);
    this.#program = new ChildProgram({
      entry: 'dist/apps/webhook-ingress/src/main.js',
      env: {
        ...inherited(),
        EVENTSTORE_URL: this.engines.eventStoreUrl ?? '',
        ENCRYPTION_KEY: `${randomBytes(32).toString('base64url')}=`,
        WEBHOOK_PORT: String(this.port),
        POWENS_WEBHOOK_SECRET: this.powensSecret,
        TINK_WEBHOOK_SECRET: this.tinkSecret,
        LOG_LEVEL: 'debug',
        ...settings,
      },
      cwd,
      logFile: join(cwd, 'log'),
    });
    await this.#program.until(async () => {
      const { code, down } = await healthOf(this.port);
      if (code !== 200) throw new Error(down.join('; '));
    }, 60_000);
  }
}
