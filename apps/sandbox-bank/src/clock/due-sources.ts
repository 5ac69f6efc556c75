import type { Sandbox } from '../sandbox.js';
import { endSync } from '../aggregator/sync-connection.js';
import type { Due, DueSource } from './timeline.js';

interface DueConnection {
  readonly id: number;
  readonly at: number;
}

const dueOf = (row: DueConnection | undefined, what: string, run: (id: number) => void): Due | undefined =>
  row && { atMs: row.at, what: `connection ${row.id}: ${what}`, run: () => run(row.id) };

/** What time does to connections: consents end, troubles pass, and banks are read. */
export const connectionSources = (
  sandbox: Sandbox,
): Record<'consents' | 'heals' | 'rests' | 'asked' | 'daily', DueSource> => {
  const { store, syncs } = sandbox;
  const first = (sql: string): DueConnection | undefined => store.first<DueConnection>(`${sql} LIMIT 1`);

  const endConsent = (id: number): void => {
    store.run("UPDATE connections SET state = 'SCARequired', next_try_ms = NULL WHERE id = ?", id);
    syncs.runNow(id);
  };

  const heal = (id: number): void => {
    store.run('DELETE FROM connection_heals WHERE id_connection = ?', id);
    store.run(
      'UPDATE connections SET state = NULL, error_message = NULL, fields = NULL WHERE id = ? AND state IS NOT NULL',
      id,
    );
    syncs.runNow(id);
  };

  return {
    consents: () =>
      dueOf(
        first(
          'SELECT id, expire_ms AS at FROM connections WHERE expire_ms IS NOT NULL AND state IS NULL AND active = 1 ORDER BY expire_ms, id',
        ),
        'the consent ends',
        endConsent,
      ),
    heals: () =>
      dueOf(
        first(
          'SELECT h.id_connection AS id, h.heals_ms AS at FROM connection_heals h JOIN connections c ON c.id = h.id_connection ORDER BY h.heals_ms, h.id_connection',
        ),
        'its trouble is over',
        heal,
      ),
    rests: () =>
      dueOf(
        first('SELECT id_connection AS id, rest_ms AS at FROM half_syncs ORDER BY rest_ms, id_connection'),
        'the second half of its sync',
        (id) => endSync(sandbox, id),
      ),
    asked: () =>
      dueOf(
        first(
          'SELECT id, sync_due_ms AS at FROM connections WHERE sync_due_ms IS NOT NULL ORDER BY sync_due_ms, id',
        ),
        'the sync that was asked for',
        (id) => syncs.runNow(id),
      ),
    daily: () =>
      dueOf(
        first(
          'SELECT id, next_try_ms AS at FROM connections WHERE next_try_ms IS NOT NULL AND sync_due_ms IS NULL AND active = 1 ORDER BY next_try_ms, id',
        ),
        'the daily sync',
        (id) => syncs.runNow(id),
      ),
  };
};
