import type { PasserelleClient } from '#client';
import { SystemClock } from '#kernel';
import { engineUrls } from '#testing';
import { type Stack, startStack } from '../harness/index.js';
import type { Services, StartServices } from './services.js';

/** The built stack as a process of its own, by the real clock; a kill is SIGKILL. */
class ServicesAsStack implements Services {
  readonly clock = new SystemClock();

  constructor(private readonly stack: Stack) {}

  get api(): PasserelleClient {
    return this.stack.api;
  }

  get webhookUrl(): string {
    return `http://127.0.0.1:${this.stack.ports.WEBHOOK_PORT}/webhooks/powens`;
  }

  /** The bank lives in the past of this clock. */
  reach(): void {}

  async announceDue(connectionId: string): Promise<void> {
    await this.api.requestSync(connectionId);
  }

  async killAndStartAgain(): Promise<void> {
    await this.stack.kill();
    await this.stack.nothingLeft();
    await this.stack.start();
  }

  stop(): Promise<void> {
    return this.stack.dispose();
  }
}

export const startAsStack: StartServices = async (settings) =>
  new ServicesAsStack(await startStack({ external: engineUrls(), env: settings }));
