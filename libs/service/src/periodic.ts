import { errorText } from '#kernel';
import type { Logger } from '#platform';

/** A job that runs again and again, never twice at once. */
export interface Periodic {
  /** Lets the run in hand end. */
  stop(): Promise<void>;
}

/** Runs `work` now and then every `everyMs` after its end; a failure is logged and the next run comes all the same. */
export const periodically = (
  name: string,
  everyMs: number,
  logger: Logger,
  work: () => Promise<unknown>,
): Periodic => {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let inHand: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logger.warn({ job: name, err: error }, `${name}: ${errorText(error)}`);
    }
    if (!stopped) timer = setTimeout(start, everyMs);
  };
  const start = (): void => {
    inHand = run();
  };
  start();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await inHand;
    },
  };
};
