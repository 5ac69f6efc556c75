import type { PublicEventName } from '#contracts';
import type { EventPublisher } from './event-publisher.js';

/**
 * Where a publisher goes on: a publish acknowledgement is not a disk flush, so it is the smaller of its checkpoint and
 * the last position found in the stream. Duplicates are possible, losses are not.
 */
export const resumePosition = async (
  publisher: Pick<EventPublisher, 'lastPublishedPosition'>,
  names: readonly PublicEventName[],
  checkpoint: bigint | null,
): Promise<bigint | null> => {
  const published = await publisher.lastPublishedPosition(names);
  switch (published.kind) {
    case 'position':
      return checkpoint !== null && checkpoint < published.position ? checkpoint : published.position;
    case 'none-but-stream-was-used':
      return checkpoint;
    case 'fresh-stream':
      return null;
  }
};
