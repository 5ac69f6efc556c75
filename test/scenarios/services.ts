import type { PasserelleClient } from '#client';
import type { Clock } from '#kernel';

/** The services under test, however they run; they can be killed at any moment, and go on. */
export interface Services {
  readonly api: PasserelleClient;
  readonly gatewayUrl: string;
  /** Where they listen for webhooks now; it may be another place after each start. */
  readonly webhookUrl: string;
  /** What their days go by. */
  readonly clock: Clock;
  /** The bank's clock is there: theirs is not behind. */
  reach(now: string): void;
  /** Their clock is there, at the cost of a proper stop and start where it cannot be moved otherwise. */
  startAgainAt(now: string): Promise<void>;
  /** As the scheduler does when a sync is due. */
  announceDue(connectionId: string): Promise<void>;
  killAndStartAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** How services are started by those settings, when the bank's clock is at `now`. */
export type StartServices = (settings: Readonly<Record<string, string>>, now: string) => Promise<Services>;
