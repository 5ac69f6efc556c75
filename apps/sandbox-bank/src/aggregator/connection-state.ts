import type { Sandbox } from '../sandbox.js';

const HOUR_MS = 3_600_000;

export interface Trouble {
  /** Any text: also states that no documentation names. `null`: all is well. */
  readonly state: string | null;
  readonly errorMessage?: string | null;
  /** What the person is to be asked for. */
  readonly fields?: unknown;
  /** When the provider tries again by itself; without it, never. */
  readonly nextTryHours?: number;
  /** When the trouble is over by itself; the connection is read then. */
  readonly healsAfterHours?: number;
}

/** Puts a connection into a state. Whoever is to hear of it lets it be synced. */
export const setConnectionState = (sandbox: Sandbox, connectionId: number, trouble: Trouble): void => {
  const { store, now } = sandbox;
  const after = (hours: number): number => now() + Math.round(hours * HOUR_MS);
  const { state, nextTryHours, healsAfterHours } = trouble;
  const nextTry = nextTryHours === undefined ? null : after(nextTryHours);
  store.run(
    `UPDATE connections SET state = ?, error_message = ?, fields = ?,
       next_try_ms = CASE WHEN ? THEN coalesce(?, next_try_ms) ELSE ? END WHERE id = ?`,
    state,
    trouble.errorMessage ?? null,
    trouble.fields === undefined || trouble.fields === null ? null : JSON.stringify(trouble.fields),
    state === null ? 1 : 0,
    nextTry,
    nextTry,
    connectionId,
  );
  store.run('DELETE FROM connection_heals WHERE id_connection = ?', connectionId);
  if (healsAfterHours !== undefined)
    store.run('INSERT INTO connection_heals VALUES (?, ?)', connectionId, after(healsAfterHours));
};
