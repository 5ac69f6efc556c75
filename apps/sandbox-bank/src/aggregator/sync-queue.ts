import type { Sandbox, SyncRequests } from '../sandbox.js';

/** Syncs that were asked for and have not run yet; kept in the store, so that a restart does not forget them. */
export class SyncQueue implements SyncRequests {
  private readonly timers = new Map<number, NodeJS.Timeout>();
  private sandbox: Sandbox | undefined;
  private work: ((connectionId: number) => void) | undefined;

  start(sandbox: Sandbox, work: (connectionId: number) => void): void {
    this.sandbox = sandbox;
    this.work = work;
    for (const { id } of sandbox.store.all<{ id: number }>(
      'SELECT id FROM connections WHERE sync_due_ms IS NOT NULL',
    ))
      this.schedule(id);
  }

  /** Runs after the configured delay; a request while one waits is the same one. */
  request(connectionId: number): void {
    this.sandbox?.store.run(
      'UPDATE connections SET sync_due_ms = ? WHERE id = ?',
      this.sandbox.now() + this.sandbox.settings.syncDelayMs,
      connectionId,
    );
    this.schedule(connectionId);
  }

  runNow(connectionId: number): void {
    clearTimeout(this.timers.get(connectionId));
    this.timers.delete(connectionId);
    this.work?.(connectionId);
  }

  isRunning(connectionId: number): boolean {
    return this.timers.has(connectionId);
  }

  /** The provider's own rhythm: once a day and connection. */
  requestDue(): void {
    const due = this.sandbox?.store.all<{ id: number }>(
      'SELECT id FROM connections WHERE next_try_ms <= ? AND active = 1 AND state IS NULL AND sync_due_ms IS NULL',
      this.sandbox.now(),
    );
    for (const { id } of due ?? []) this.request(id);
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private schedule(connectionId: number): void {
    if (this.timers.has(connectionId)) return;
    const run = (): void => {
      this.timers.delete(connectionId);
      this.work?.(connectionId);
    };
    this.timers.set(connectionId, setTimeout(run, this.sandbox?.settings.syncDelayMs ?? 0));
  }
}
