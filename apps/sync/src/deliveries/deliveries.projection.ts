import type { ConnectionEvent } from '#domain';
import type { RecordedEvent } from '#kernel';
import type { ProjectionModel, Sql } from '#read-model';
import { DELIVERIES, type DeliveriesForgotten, FORGOTTEN_CATEGORY } from '../forgotten-deliveries.js';
import { DELIVERY_TABLES } from './delivery-row.js';
import { forgetDeliveries } from './forget-deliveries.js';
import { rememberConnection, rememberLink } from './match-deliveries.js';
import { projectDeliveries } from './project-deliveries.js';

type Single =
  Extract<ConnectionEvent, { type: 'ConnectionOpened' | 'ConnectionLinked' }> | DeliveriesForgotten;

/** What must find the tables as of its own place in the log; everything else is gathered. */
const asSingle = ({ type, data }: RecordedEvent): Single | undefined =>
  type === 'ConnectionOpened' || type === 'ConnectionLinked' || type === 'DeliveriesForgotten'
    ? ({ type, data } as Single)
    : undefined;

const projectSingle = async (tx: Sql, schema: string, event: Single): Promise<void> => {
  switch (event.type) {
    case 'ConnectionOpened':
      return rememberConnection(tx, schema, event);
    case 'ConnectionLinked':
      return rememberLink(tx, schema, event);
    case 'DeliveriesForgotten':
      return forgetDeliveries(tx, schema, event);
  }
};

const OF_INTEREST = /^(delivery|sync)-/;

/** Every verified webhook that the log still has, with what became of it: projected from what happened. */
export const deliveriesProjection: ProjectionModel = {
  name: DELIVERIES,
  migrations: [DELIVERY_TABLES],
  streamPrefixes: ['connection-', 'delivery-', 'sync-', `${FORGOTTEN_CATEGORY}-`],
  maxBatch: 2_000,
  // Only people wait for these rows, and two thousand are written as fast as one by one a hundred are.
  gatherMs: 500,
  project: async (tx, schema, events) => {
    let gathered: RecordedEvent[] = [];
    const flush = async (): Promise<void> => {
      if (gathered.length > 0) await projectDeliveries(tx, schema, gathered);
      gathered = [];
    };
    for (const recorded of events) {
      const single = asSingle(recorded);
      if (single) {
        await flush();
        await projectSingle(tx, schema, single);
      } else if (OF_INTEREST.test(recorded.stream)) gathered.push(recorded);
    }
    await flush();
  },
};
