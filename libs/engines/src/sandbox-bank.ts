import type { Engine } from './engine.js';
import { startNodeChild, type NodeChildOptions } from './node-child.js';

export interface SandboxBankOptions extends NodeChildOptions {
  /** Further command-line options by name, without the dashes: `{ 'client-id': 'demo', 'webhook-url': 'http://…' }`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts the sandbox bank (`apps/sandbox-bank`). `url` is `http://127.0.0.1:<port>`. */
export const startSandboxBank = async (options: SandboxBankOptions): Promise<Engine> => {
  // In one piece: a generated secret may begin with a dash, and would be taken for an option of its own.
  const args = Object.entries(options.settings).map(([name, value]) => `--${name}=${value}`);
  return startNodeChild('sandbox-bank', options, args, (port) => `http://127.0.0.1:${port}`);
};
