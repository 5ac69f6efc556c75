import { PasserelleClient } from '#client';
import { COMMAND_SUBJECTS } from '#contracts';
import { Generation } from './generation.js';
import { RunningClock } from './running-clock.js';
import type { Services, StartServices } from './services.js';

/** A minute by the services' clock is a second: they give up on a trouble soon. */
const SPEED = 60;

/** In this process, by the bank's clock; a kill cuts their wires to all engines. */
class ServicesInProcess implements Services {
  constructor(
    readonly clock: RunningClock,
    private generation: Generation,
  ) {}

  get api(): PasserelleClient {
    const { PASSERELLE_API_KEY: apiKey = '' } = this.generation.env;
    return new PasserelleClient({ baseUrl: this.gatewayUrl, apiKey, timeoutMs: 60_000 });
  }

  get gatewayUrl(): string {
    return `http://localhost:${this.generation.env['PORT']}`;
  }

  get webhookUrl(): string {
    return this.generation.webhookUrl;
  }

  reach(now: string): void {
    this.clock.reach(now);
  }

  async startAgainAt(now: string): Promise<void> {
    this.reach(now);
  }

  async announceDue(connectionId: string): Promise<void> {
    const requestId = crypto.randomUUID();
    const slot = this.clock.now().slice(0, 'YYYY-MM-DDTHH:MM'.length);
    const message = { connectionId, trigger: 'schedule', requestId, slot };
    const { commands } = this.generation.resources;
    await commands.publish(COMMAND_SUBJECTS.requestSync, message, { msgId: requestId });
  }

  async killAndStartAgain(): Promise<void> {
    this.generation.kill();
    this.generation = await Generation.start(this.generation.env, this.clock);
  }

  stop(): Promise<void> {
    return this.generation.stop();
  }
}

export const startInProcess: StartServices = async (settings, now) => {
  const clock = new RunningClock(now, SPEED);
  return new ServicesInProcess(clock, await Generation.start(settings, clock));
};
