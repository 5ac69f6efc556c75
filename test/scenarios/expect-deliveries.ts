import { expect } from 'vitest';
import { eventually } from '../harness/index.js';
import type { Play } from './play.js';

/** Every webhook about the connection was acted on, or left alone for a reason. */
export const expectDeliveriesActedOn = async (play: Play): Promise<void> => {
  const { connectionId } = play;
  await eventually(
    async () => {
      const { items } = await play.api.listDeliveries({ connectionId, limit: 500 });
      const open = items.filter(({ state }) => state !== 'applied' && state !== 'ignored');
      expect(
        open.map(({ id, state, reason }) => `${id}: ${state} ${reason}`),
        'webhooks without an outcome',
      ).toEqual([]);
      expect(items.length, 'webhooks about the connection').toBeGreaterThan(0);
    },
    { withinMs: 30_000, everyMs: 200 },
  );
};
