import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/apps/embedded-event-store/src/main.js', import.meta.url));

/** A node of ours in a process of its own. */
export interface EmbeddedNode {
  readonly port: number;
  readonly process: ChildProcess;
}

/** How a node's process ended, and what it wrote to stderr. */
export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

export const launch = (args: readonly string[]): ChildProcess => {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: build first.`);
  return spawn(process.execPath, [MAIN, '--stop-with-stdin', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
};

/** Starts a node on any free port and resolves once it says that it is ready. */
export const startNode = async (dataDir: string, extra: readonly string[] = []): Promise<EmbeddedNode> => {
  const child = launch(['--data-dir', dataDir, '--port', '0', ...extra]);
  const line = await Promise.race([firstLine(child), end(child).then(fail)]);
  const { event, port } = JSON.parse(line) as { event: string; port: number };
  if (event !== 'ready') throw new Error(`The node said ${line}.`);
  return { port, process: child };
};

const firstLine = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('The node has no stdout.');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return line;
};

const fail = ({ code, stderr }: Ended): never => {
  throw new Error(`The node ended with ${code} before it was ready: ${stderr}`);
};

export const end = async (child: ChildProcess): Promise<Ended> => {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, stderr };
};

export const stopNode = async (node: EmbeddedNode, signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> => {
  const ended = end(node.process);
  node.process.kill(signal);
  return ended;
};

export const urlOf = (port: number): string => `kurrentdb://127.0.0.1:${port}?tls=false`;
