import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PasserelleClient } from '#client';
import { freePort, unwatch, watch } from '#engines';
import { until } from './until.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 30_000;

export interface Endpoints {
  readonly gatewayUrl: string;
  readonly webhookUrl: string;
  readonly sandboxUrl: string;
  readonly eventStoreUrl: string;
  readonly natsUrl: string;
  readonly apiKey: string;
}

/** The built stack as a process of its own, with the sandbox bank, free ports, and a data folder that goes away with it. */
export class BenchStack {
  readonly dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'passerelle-bench-')));
  #env: Readonly<Record<string, string>>;
  readonly #nodeOptions: readonly string[];
  #child: ChildProcess | undefined;
  #endpoints: Endpoints | undefined;
  #disposed: Promise<void> | undefined;

  private constructor(env: Readonly<Record<string, string>>, nodeOptions: readonly string[]) {
    this.#env = env;
    this.#nodeOptions = nodeOptions;
  }

  /** @param env what the stack's process gets beside ports and folders; nothing else of ours reaches it */
  static async prepare(
    env: Readonly<Record<string, string>>,
    nodeOptions: readonly string[] = [],
  ): Promise<BenchStack> {
    const [gateway, ingress] = [await freePort(), await freePort()];
    const anyPort = ['EMBEDDED_EVENTSTORE', 'EMBEDDED_NATS', 'EMBEDDED_DATABASE', 'SANDBOX', 'CONNECTIONS'];
    const all = {
      ...Object.fromEntries([...anyPort, 'SYNC_APP', 'SCHEDULER'].map((name) => [`${name}_PORT`, '0'])),
      PORT: String(gateway),
      WEBHOOK_PORT: String(ingress),
      PUBLIC_URL: `http://localhost:${gateway}`,
      PASSERELLE_DEMO: 'off',
      ...env,
    };
    const stack = new BenchStack(all, nodeOptions);
    mkdirSync(join(stack.dataDir, 'logs'), { recursive: true });
    const bin = join(ROOT, '.passerelle/bin');
    if (existsSync(bin)) symlinkSync(bin, join(stack.dataDir, 'bin'));
    return stack;
  }

  get endpoints(): Endpoints {
    if (!this.#endpoints) throw new Error('The stack does not run.');
    return this.#endpoints;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('The stack does not run.');
    return pid;
  }

  get api(): PasserelleClient {
    const { gatewayUrl, apiKey } = this.endpoints;
    return new PasserelleClient({ baseUrl: gatewayUrl, apiKey, timeoutMs: 60_000 });
  }

  webhookSecret(): string {
    const keys: unknown = JSON.parse(readFileSync(join(this.dataDir, 'keys.json'), 'utf8'));
    return (keys as { readonly sandboxWebhookSecret: string }).sandboxWebhookSecret;
  }

  /** Resolves with the milliseconds from spawn to ready. */
  async start(): Promise<number> {
    const log = openSync(join(this.dataDir, 'logs', 'stack.log'), 'a');
    const began = performance.now();
    // A process group of its own: Ctrl-C reaches us alone, and we stop it in order.
    const child = spawn(process.execPath, [...this.#nodeOptions, join(ROOT, 'dist/apps/stack/src/main.js')], {
      cwd: this.dataDir,
      detached: true,
      env: { ...this.#env, PASSERELLE_DATA_DIR: this.dataDir },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    const { pid } = child;
    if (pid === undefined) throw new Error('The stack could not be started: run npm run build.');
    watch(pid, 'SIGTERM');
    child.once('exit', () => unwatch(pid));
    const file = join(this.dataDir, 'endpoints.json');
    while (!existsSync(file)) {
      const isLate = performance.now() - began > READY_WITHIN_MS;
      if (isLate || child.exitCode !== null) throw new Error(`The stack is not ready:\n${this.#lastWords()}`);
      await pause(5);
    }
    const took = performance.now() - began;
    this.#endpoints = await until('the whole of endpoints.json', () => readEndpoints(file));
    return took;
  }

  /** Starts it again on the same data, with these variables set from now on. */
  async restart(env: Readonly<Record<string, string>>): Promise<void> {
    await this.stop();
    this.#env = { ...this.#env, ...env };
    await this.start();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#endpoints = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
    await gone;
    clearTimeout(force);
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.stop().then(() => rmSync(this.dataDir, { recursive: true, force: true }));
    return this.#disposed;
  }

  #lastWords(): string {
    return readFileSync(join(this.dataDir, 'logs', 'stack.log'), 'utf8').slice(-4_000);
  }
}

const readEndpoints = (file: string): Endpoints | undefined => {
  const text = readFileSync(file, 'utf8');
  return text.endsWith('}\n') || text.endsWith('}') ? (JSON.parse(text) as Endpoints) : undefined;
};
