import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PasserelleClient } from '#client';
import { ChildProgram } from './child-program.js';
import { eventually } from './eventually.js';
import { processesIn } from './processes.js';
import { SandboxControl } from './sandbox-control.js';
import { choosePorts, type ExternalEngines, type Ports, stackEnvironment } from './stack-environment.js';

const ENTRY = 'dist/apps/stack/src/main.js';

export interface StackOptions {
  /** A folder of the caller's, which `dispose` leaves in place; else a temporary one. */
  readonly dataDir?: string;
  /** Else free ones. */
  readonly ports?: Ports;
  readonly external?: ExternalEngines;
  /** Further variables; they win. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default 90 s: a busy machine may need them. */
  readonly readyWithinMs?: number;
}

/** What a ready stack tells programs. */
export interface Endpoints {
  readonly gatewayUrl: string;
  readonly webhookUrl: string;
  readonly sandboxUrl: string;
  readonly apiKey: string;
  readonly eventStoreUrl: string;
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly pid: number;
}

/** The secrets that a stack made for itself. */
export interface LocalKeys {
  readonly encryptionKey: string;
  readonly apiKey: string;
  readonly sandboxClientSecret: string;
  readonly sandboxWebhookSecret: string;
}

export interface RawCall extends Omit<RequestInit, 'headers'> {
  /** Default: the admin's; `null`: none is sent. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole product, built, as a process of its own on ports and data of its own. */
export class Stack {
  readonly dataDir: string;
  readonly ports: Ports;
  /** Everything that the stack's process printed, over all its starts. */
  readonly logFile: string;
  readonly #options: StackOptions;
  #program: ChildProgram | undefined;
  #endpoints: Endpoints | undefined;

  private constructor(options: StackOptions, dataDir: string, ports: Ports) {
    this.#options = options;
    this.dataDir = dataDir;
    this.ports = ports;
    this.logFile = join(dataDir, 'logs', 'stack.log');
  }

  /** Resolves when the stack says that it is ready. */
  static async start(options: StackOptions = {}): Promise<Stack> {
    const folder = options.dataDir ?? mkdtempSync(join(tmpdir(), 'passerelle-stack-'));
    mkdirSync(folder, { recursive: true });
    const stack = new Stack(options, realpathSync(folder), options.ports ?? (await choosePorts()));
    try {
      await stack.start();
      return stack;
    } catch (error) {
      await stack.dispose();
      throw error;
    }
  }

  get endpoints(): Endpoints {
    if (!this.#endpoints) throw new Error('The stack does not run.');
    return this.#endpoints;
  }

  get pid(): number {
    return this.endpoints.pid;
  }

  get api(): PasserelleClient {
    const { gatewayUrl, apiKey } = this.endpoints;
    return new PasserelleClient({ baseUrl: gatewayUrl, apiKey, timeoutMs: 60_000 });
  }

  get apiInFrench(): PasserelleClient {
    const { gatewayUrl, apiKey } = this.endpoints;
    return new PasserelleClient({ baseUrl: gatewayUrl, apiKey, language: 'fr', timeoutMs: 60_000 });
  }

  get sandbox(): SandboxControl {
    return new SandboxControl(this.endpoints.sandboxUrl);
  }

  keys(): LocalKeys {
    return JSON.parse(readFileSync(join(this.dataDir, 'keys.json'), 'utf8')) as LocalKeys;
  }

  /** A call of the HTTP API as it is. */
  async call(path: string, { key, headers, ...init }: RawCall = {}): Promise<Response> {
    const { gatewayUrl, apiKey } = this.endpoints;
    const authorization = key === null ? undefined : `Bearer ${key ?? apiKey}`;
    return fetch(gatewayUrl + path, {
      redirect: 'manual',
      ...init,
      headers: { ...(authorization !== undefined && { authorization }), ...headers },
    });
  }

  /** Starts again on the same data and ports, after {@link stop} or {@link kill}. */
  async start(): Promise<void> {
    const bin = join(this.dataDir, 'bin');
    if (!existsSync(bin)) symlinkSync(resolve('.passerelle/bin'), bin);
    const { external = {}, env = {}, readyWithinMs = 90_000 } = this.#options;
    const program = new ChildProgram({
      entry: ENTRY,
      env: { ...stackEnvironment(this.dataDir, this.ports, external), ...env },
      cwd: this.dataDir,
      logFile: this.logFile,
    });
    this.#program = program;
    this.#endpoints = await program.until(() => this.#announced(program.pid), readyWithinMs);
  }

  /** As Ctrl-C does: exit status 0, and no process of the stack left. */
  async stop(): Promise<void> {
    const program = this.#program;
    if (!program) return;
    const { code, signal } = await program.stop();
    this.#gone();
    if (code !== 0)
      throw new Error(`The stack ended with status ${code ?? signal}:\n${program.output().slice(-4_000)}`);
    await this.nothingLeft(2_000);
  }

  /** SIGKILL to the stack's own process; its guard stops the engines a moment later. */
  async kill(): Promise<void> {
    await this.#program?.kill();
    this.#gone();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Resolves when no process of this stack is alive. */
  async nothingLeft(withinMs = 15_000): Promise<void> {
    await eventually(
      () => {
        const left = processesIn(this.dataDir);
        if (left.length > 0) throw new Error(`Processes of the stack are left:\n${left.join('\n')}`);
      },
      { withinMs },
    );
  }

  /** Stops what runs and removes the temporary folder. */
  async dispose(): Promise<void> {
    try {
      if (this.#program?.hasExited === false) await this.stop();
      await this.nothingLeft();
    } finally {
      if (this.#options.dataDir === undefined) rmSync(this.dataDir, { recursive: true, force: true });
    }
  }

  #gone(): void {
    this.#program = undefined;
    this.#endpoints = undefined;
  }

  #announced(pid: number): Endpoints {
    const endpoints = JSON.parse(readFileSync(join(this.dataDir, 'endpoints.json'), 'utf8')) as Endpoints;
    if (endpoints.pid !== pid) throw new Error('endpoints.json is of an earlier start');
    return endpoints;
  }
}

/** Whatever offers the API and the bank: a stack, or the services one by one. */
export type Reachable = Pick<Stack, 'api' | 'sandbox'>;

/** See {@link Stack.start}. */
export const startStack = (options: StackOptions = {}): Promise<Stack> => Stack.start(options);
