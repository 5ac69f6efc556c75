import { platform, setPriority } from 'node:os';
import { errorText } from '#kernel';
import type { Logger } from '#platform';

/** A third of the processor where both want it; a machine that has time for both gives it to both. */
const NICE = 5;

/**
 * Lets the calling thread come after the door: a bank waits for an answer, an import can wait a moment. Only on Linux is the
 * priority of `setPriority(0, …)` the calling thread's own; elsewhere it would be the whole process's, the door's too.
 */
export const giveWayToTheDoor = (logger: Logger): void => {
  if (platform() !== 'linux') return;
  try {
    setPriority(0, NICE);
  } catch (error) {
    logger.warn({ err: error }, `The webhook door gets no priority: ${errorText(error)}`);
  }
};
