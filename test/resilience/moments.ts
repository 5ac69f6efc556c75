import { setTimeout as pause } from 'node:timers/promises';
import { eventually, type ReceivedEvents, type Reachable } from '../harness/index.js';

/** Resolves at once when the subscriber has so many messages of imported rows; that is in the middle of a large import. */
export const whenImportedEvents = async (
  received: ReceivedEvents,
  connectionId: string,
  atLeast: number,
  withinMs = 120_000,
): Promise<void> => {
  const count = (): number =>
    received.all.filter(
      ({ type, data }) =>
        type === 'passerelle.transactions.imported.v1' && data.connectionId === connectionId,
    ).length;
  for (const deadline = Date.now() + withinMs; count() < atLeast;) {
    if (Date.now() > deadline) throw new Error(`${count()} messages of imported rows, not ${atLeast}`);
    await pause(2);
  }
};

/** Resolves when a run of the connection is open. */
export const whenPending = (stack: Reachable, connectionId: string): Promise<void> =>
  eventually(async () => {
    const { items } = await stack.api.syncs(connectionId, { status: 'pending' });
    if (items.length === 0) throw new Error('no run is pending');
  });

/** Another process takes over soon what one that was killed had in hand: by itself it waits half a minute. */
export const SOON_TAKEN_OVER = { COMMAND_TAKEOVER_SECONDS: '4' };

/** How long an engine is away in these tests. */
export const OUTAGE_MS = 10_000;

export const untilOutageEnds = (since: number): Promise<void> =>
  pause(Math.max(0, since + OUTAGE_MS - Date.now()));
