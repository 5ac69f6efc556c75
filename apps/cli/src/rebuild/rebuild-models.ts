import { KurrentEventStore } from '#event-store';
import { Database, type ProjectionModel, rebuild } from '#read-model';
import { connectionStatusProjection } from '../../../connections/src/connection-status/connection-status.projection.js';
import { dueConnectionsProjection } from '../../../scheduler/src/announce-due-syncs/due-connections.projection.js';
import { deliveriesProjection } from '../../../sync/src/deliveries/deliveries.projection.js';
import { ledgerEntriesProjection } from '../../../sync/src/ledger-entries/ledger-entries.projection.js';
import { linkedConnectionsProjection } from '../../../sync/src/request-sync/linked-connections.js';
import { syncHistoryProjection } from '../../../sync/src/sync-history/sync-history.projection.js';

const modelsOn = (store: KurrentEventStore): readonly ProjectionModel[] => [
  connectionStatusProjection,
  syncHistoryProjection,
  ledgerEntriesProjection(store),
  linkedConnectionsProjection,
  deliveriesProjection,
  dueConnectionsProjection,
];

/**
 * Fills read models anew from the log, beside the live tables, and swaps them in.
 * @param wanted names of read models; none: all of them
 * @throws {RangeError} a name that is none
 */
export const rebuildModels = async (
  { eventStoreUrl, databaseUrl }: { readonly eventStoreUrl: string; readonly databaseUrl: string },
  wanted: readonly string[],
  say: (line: string) => void,
): Promise<void> => {
  const db = new Database(databaseUrl, { applicationName: 'passerelle-rebuild' });
  const store = new KurrentEventStore(eventStoreUrl);
  try {
    const models = modelsOn(store);
    const names = models.map(({ name }) => name);
    const unknown = wanted.find((name) => !names.includes(name));
    if (unknown) throw new RangeError(`There is no read model "${unknown}". There are: ${names.join(', ')}.`);
    for (const model of models.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
      const began = Date.now();
      await rebuild({
        db,
        source: store,
        model,
        onProgress: (position, head) => say(`${model.name}: position ${position ?? 0} of ${head ?? 0}`),
      });
      say(`${model.name}: rebuilt in ${((Date.now() - began) / 1_000).toFixed(1)} s`);
    }
  } finally {
    await Promise.all([db.close(), store.close()]);
  }
};
