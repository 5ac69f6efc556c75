import { Failures } from '#kernel';
import type { Logger, Stoppable } from '#platform';
import type { ServiceResources } from '#service';
import { startConnections } from '../../connections/src/start.js';
import { startGateway } from '../../gateway/src/start.js';
import { startScheduler } from '../../scheduler/src/start.js';
import { startSync } from '../../sync/src/start.js';
import { DoorKeeper } from './door/door-keeper.js';

export interface Host {
  readonly logger: Logger;
  /** A part does not stay up: the stack cannot go on. */
  readonly onGivenUp: (message: string) => void;
}

type Starter = (resources: ServiceResources, host: Host) => Promise<Stoppable>;

const startDoor: Starter = ({ config }, host) => DoorKeeper.start({ config, ...host });

/** In the order in which they stop: doors first, then who gives work, then who does it. */
const STARTERS: readonly Starter[] = [startGateway, startDoor, startScheduler, startConnections, startSync];

/** Every service in this one process; the door for webhooks in a thread of its own. */
export const startApps = async (resources: ServiceResources, host: Host): Promise<Stoppable> => {
  const outcomes = await Promise.allSettled(
    STARTERS.map(async (start): Promise<Stoppable> => start(resources, host)),
  );
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async (): Promise<void> => {
    // One app that does not stop well must not keep the others up.
    const failures = new Failures();
    for (const app of running) await failures.during(() => app.stop());
    failures.throwAny();
  };
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (!failed) return { stop };
  await stop();
  throw failed.reason;
};
