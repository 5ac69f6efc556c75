import type { PublishedPosition } from './event-publisher.js';

/**
 * Where a publisher goes on: a publish acknowledgement is not a disk flush, so it is the smaller of its checkpoint and
 * the last position found in the stream. Duplicates are possible, losses are not.
 */
export const resumePosition = (published: PublishedPosition, checkpoint: bigint | null): bigint | null => {
  switch (published.kind) {
    case 'position':
      return checkpoint !== null && checkpoint < published.position ? checkpoint : published.position;
    case 'none-but-stream-was-used':
      return checkpoint;
    case 'fresh-stream':
      return null;
  }
};
