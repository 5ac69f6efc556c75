import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, unwatch, watch } from '#engines';

const DIST = fileURLToPath(new URL('../../', import.meta.url));
const STACK = join(DIST, 'apps/stack/src/main.js');
const PROVIDED_NATS = join(DIST, '../.passerelle/bin/nats-server');
const READY_WITHIN_MS = 90_000;
const STOPPED_WITHIN_MS = 30_000;

/** Where a running stack is, as it says in `endpoints.json`. */
export interface Endpoints {
  readonly gatewayUrl: string;
  readonly sandboxUrl: string;
  readonly natsUrl: string;
  readonly apiKey: string;
}

/** A stack with free ports, a data folder that goes away with it, and the sandbox bank as its provider. */
export class OwnStack {
  readonly #folder = mkdtempSync(join(tmpdir(), 'passerelle-demo-'));
  readonly #log = join(this.#folder, 'stack.log');
  #child: ChildProcess | undefined;
  #stopped: Promise<void> | undefined;

  /** Resolves when the stack is ready. `path` is where it looks for programs. */
  async start(path: string): Promise<Endpoints> {
    await this.#provideNats();
    const env = await this.#environment(path);
    if (this.#stopped) throw new Error('The demo was stopped.');
    const log = openSync(this.#log, 'a');
    // A process group of its own: Ctrl-C reaches us alone, and we stop it in order.
    const child = spawn(process.execPath, [STACK], {
      cwd: this.#folder,
      detached: true,
      env,
      stdio: ['ignore', log, log],
    });
    this.#child = child;
    if (child.pid === undefined) throw new Error(`${STACK} could not be started: run npm run build.`);
    const { pid } = child;
    watch(pid, 'SIGTERM');
    child.once('exit', () => unwatch(pid));
    return this.#untilReady(child);
  }

  /** Stops what was started, in whatever state it is, and removes the data folder. May be called again. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** The last words of the stack, for whoever must find out why it failed. */
  lastWords(): string {
    if (!existsSync(this.#log)) return '';
    return readFileSync(this.#log, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
  }

  /** Copied and not linked: the data folder is then whole by itself, also on another disk. */
  async #provideNats(): Promise<void> {
    if (!existsSync(PROVIDED_NATS)) return;
    await mkdir(join(this.#folder, 'bin'));
    await copyFile(PROVIDED_NATS, join(this.#folder, 'bin', 'nats-server'));
  }

  /** Nothing of the caller's configuration: the demo must not reach anybody's real bank or database. */
  async #environment(path: string): Promise<Record<string, string>> {
    const [gateway, ingress] = [await freePort(), await freePort()];
    const anyPort = ['EMBEDDED_EVENTSTORE', 'EMBEDDED_NATS', 'EMBEDDED_DATABASE', 'SANDBOX', 'CONNECTIONS'];
    return {
      PATH: path,
      ...Object.fromEntries([...anyPort, 'SYNC_APP', 'SCHEDULER'].map((name) => [`${name}_PORT`, '0'])),
      PORT: String(gateway),
      WEBHOOK_PORT: String(ingress),
      PUBLIC_URL: `http://localhost:${gateway}`,
      PASSERELLE_DATA_DIR: this.#folder,
      PASSERELLE_DEMO: 'off',
    };
  }

  async #untilReady(child: ChildProcess): Promise<Endpoints> {
    const file = join(this.#folder, 'endpoints.json');
    for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; await delay(50)) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error('The stack did not start.');
      if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Endpoints;
    }
    throw new Error(`The stack was not ready after ${READY_WITHIN_MS / 1_000} seconds.`);
  }

  async #stop(): Promise<void> {
    const child = this.#child;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
      await gone;
      clearTimeout(force);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
