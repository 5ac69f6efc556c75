import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findNatsServer } from '#engines';

const listening = async (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
};

/** A nats-server of a spec's own, to be killed and started again on the same port and store. */
export class OwnNatsServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly program: string,
    private readonly dir: string,
    private readonly monitorPort: number,
    readonly url: string,
  ) {}

  /** @param extra lines of configuration, such as users with their permissions */
  static async start(extra = ''): Promise<OwnNatsServer> {
    const { path } = await findNatsServer(join(process.cwd(), '.passerelle/bin'));
    const dir = mkdtempSync(join(tmpdir(), 'passerelle-nats-'));
    const [port, monitorPort] = [await freePort(), await freePort()];
    const lines = [
      `listen: "127.0.0.1:${port}"`,
      `http: "127.0.0.1:${monitorPort}"`,
      `jetstream { store_dir: ${JSON.stringify(join(dir, 'store'))} }`,
      extra,
    ];
    writeFileSync(join(dir, 'nats.conf'), lines.join('\n'));
    const server = new OwnNatsServer(path, dir, monitorPort, `nats://127.0.0.1:${port}`);
    await server.resume();
    return server;
  }

  async resume(): Promise<void> {
    this.child = spawn(this.program, ['-c', join(this.dir, 'nats.conf')], { stdio: 'ignore' });
    const deadline = Date.now() + 15_000;
    while (!(await listening(this.monitorPort))) {
      if (Date.now() > deadline) throw new Error('nats-server does not listen');
      await pause(20);
    }
  }

  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** What a power cut may do to a server: what it had not flushed is gone. Call it between `kill` and `resume`. */
  loseStore(): void {
    rmSync(join(this.dir, 'store'), { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
