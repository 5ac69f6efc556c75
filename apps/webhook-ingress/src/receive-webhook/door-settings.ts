import type { Clock } from '#kernel';

/** What the public door needs to know of its surroundings. */
export class DoorSettings {
  constructor(
    /** Prefix under which a proxy publishes the door: part of what Powens signs. */
    readonly publicPath: string,
    readonly clock: Clock,
    /** Counts answers by provider and outcome. */
    readonly count: (provider: string, outcome: string) => void,
  ) {}
}
