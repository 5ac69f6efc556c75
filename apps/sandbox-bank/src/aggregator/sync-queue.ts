import type { Sandbox, SyncRequests } from '../sandbox.js';

/**
 * Syncs that were asked for and have not run yet; kept in the store, so that a restart does not forget them. While the
 * clock runs they wait for real; while it stands still they wait until it is moved past them, and those without delay
 * run at once.
 */
export class SyncQueue implements SyncRequests {
  private readonly timers = new Map<number, NodeJS.Timeout>();
  private sandbox: Sandbox | undefined;
  private work: ((connectionId: number) => void) | undefined;

  start(sandbox: Sandbox, work: (connectionId: number) => void): void {
    this.sandbox = sandbox;
    this.work = work;
    if (sandbox.clock.isFrozen) return;
    for (const { id } of sandbox.store.all<{ id: number }>(
      'SELECT id FROM connections WHERE sync_due_ms IS NOT NULL',
    ))
      this.schedule(id);
  }

  /** Runs after the configured delay; a request while one waits is the same one. */
  request(connectionId: number): void {
    if (!this.sandbox) return;
    const { clock, settings, store } = this.sandbox;
    if (clock.isFrozen && settings.syncDelayMs === 0) return this.runNow(connectionId);
    store.run(
      'UPDATE connections SET sync_due_ms = ? WHERE id = ?',
      clock.now() + settings.syncDelayMs,
      connectionId,
    );
    if (!clock.isFrozen) this.schedule(connectionId);
  }

  runNow(connectionId: number): void {
    clearTimeout(this.timers.get(connectionId));
    this.timers.delete(connectionId);
    this.work?.(connectionId);
  }

  isRunning(connectionId: number): boolean {
    return (
      this.timers.has(connectionId) ||
      this.sandbox?.store.first(
        `SELECT 1 FROM connections WHERE id = ? AND sync_due_ms IS NOT NULL
         UNION SELECT 1 FROM half_syncs WHERE id_connection = ?`,
        connectionId,
        connectionId,
      ) !== undefined
    );
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
