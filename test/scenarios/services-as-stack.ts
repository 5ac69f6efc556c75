import { fileURLToPath } from 'node:url';
import type { PasserelleClient } from '#client';
import { engineUrls } from '#testing';
import { type Stack, startStack } from '../harness/index.js';
import { RunningClock } from './running-clock.js';
import type { Services, StartServices } from './services.js';

const PRELOAD = fileURLToPath(new URL('clock-ahead.mjs', import.meta.url));

const DAY_MS = 86_400_000;
/** Behind the real clock, by which the engines stamp, at the beginning and still after it was put forward. */
const BEHIND_MS = 4.5 * DAY_MS;
/** Patience that is measured by it ends so many times sooner; timers are the real ones. */
const SPEED = 5;

/** What the stack's process reads when it starts. */
type Environment = Record<string, string> & { CLOCK_AHEAD_MS: string };

/** The built stack as a process of its own, whose clock cannot be moved while it runs; a kill is SIGKILL. */
class ServicesAsStack implements Services {
  constructor(
    private readonly stack: Stack,
    private readonly env: Environment,
    readonly clock: RunningClock,
  ) {}

  get api(): PasserelleClient {
    return this.stack.api;
  }

  get gatewayUrl(): string {
    return this.stack.endpoints.gatewayUrl;
  }

  get webhookUrl(): string {
    return `http://127.0.0.1:${this.stack.ports.WEBHOOK_PORT}/webhooks/powens`;
  }

  /** The bank lives in the past of this clock. */
  reach(): void {}

  async startAgainAt(now: string): Promise<void> {
    await this.stack.stop();
    this.clock.reach(now);
    await this.#start();
  }

  async announceDue(connectionId: string): Promise<void> {
    await this.api.requestSync(connectionId);
  }

  async killAndStartAgain(): Promise<void> {
    await this.stack.kill();
    await this.stack.nothingLeft();
    await this.#start();
  }

  stop(): Promise<void> {
    return this.stack.dispose();
  }

  /** Its clock goes on where ours is. */
  async #start(): Promise<void> {
    this.env.CLOCK_AHEAD_MS = String(Date.parse(this.clock.now()) - Date.now());
    await this.stack.start();
  }
}

export const startAsStack: StartServices = async (settings) => {
  const clock = new RunningClock(new Date(Date.now() - BEHIND_MS).toISOString(), SPEED);
  const env = {
    ...settings,
    NODE_OPTIONS: `--import=${PRELOAD}`,
    CLOCK_AHEAD_MS: String(-BEHIND_MS),
    CLOCK_SPEED: String(SPEED),
    // The bank's clock stands still in the past of this one: what it has always seems old, and another look no newer.
    REFRESH_AFTER_MINUTES: '0',
  };
  return new ServicesAsStack(await startStack({ external: engineUrls(), env }), env, clock);
};
