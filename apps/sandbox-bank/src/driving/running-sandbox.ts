import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SETTINGS, type Settings } from '../settings.js';
import { startSandboxBank } from '../start.js';
import { SandboxDriver } from './sandbox-driver.js';

export const CALLBACK = 'http://127.0.0.1:9/callback';

/** A sandbox of its own on a free port, with its driver; for specs. */
export class RunningSandbox {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'sandbox-bank-'));
  driver = new SandboxDriver('', '', '');
  private end: (() => Promise<void>) | undefined;

  async start(settings: Partial<Settings> = {}, more: { readonly clockMs?: number } = {}): Promise<void> {
    const running = await startSandboxBank({
      port: 0,
      dataDir: this.dataDir,
      seed: 'spec',
      ...more,
      settings: { redirectUris: [CALLBACK], syncDelayMs: 0, recentSyncMs: 0, flushEveryMs: 50, ...settings },
    });
    this.end = () => running.stop();
    this.driver = new SandboxDriver(running.url, DEFAULT_SETTINGS.clientId, DEFAULT_SETTINGS.clientSecret);
  }

  /** Ends the server, keeps its data: `start` again is a restart. */
  async stop(): Promise<void> {
    await this.end?.();
    this.end = undefined;
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
