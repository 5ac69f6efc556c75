/** PostgreSQL schema of the read model of all runs. */
export const SYNC_HISTORY = 'sync_history';
