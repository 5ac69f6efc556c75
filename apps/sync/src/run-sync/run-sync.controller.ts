import { COMMAND_SUBJECTS, RunSyncMessage } from '#contracts';
import { later } from '#kernel';
import { DurableCommand, RetryLater } from '#messaging';
import { waitingForEngines } from '#service';
import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { PostponedRuns } from '../postponed-runs.js';
import { SyncDeps } from '../sync-deps.js';
import { RunSync, type RunSyncResult } from './run-sync.command.js';

const BUSY_RETRY_MS = 1_000;
/** The clocks of two machines may differ so much: whoever dispatched a run held its time for come. */
const CLOCK_DIFFERENCE_MS = 2_000;
/** A command that comes back may wait for a free worker. */
const GRACE_MS = 15_000;

@Controller()
export class RunSyncController {
  readonly #commands: CommandBus;
  readonly #postponed: PostponedRuns;
  readonly #deps: SyncDeps;

  constructor(commands: CommandBus, postponed: PostponedRuns, deps: SyncDeps) {
    this.#commands = commands;
    this.#postponed = postponed;
    this.#deps = deps;
  }

  @DurableCommand(COMMAND_SUBJECTS.runSync)
  async onCommand(@Payload() { connectionId, syncId }: RunSyncMessage): Promise<void> {
    const command = new RunSync(connectionId, syncId);
    const result = await waitingForEngines(() => this.#commands.execute<RunSync, RunSyncResult>(command));
    switch (result.kind) {
      case 'ended':
        return;
      case 'busy':
        throw new RetryLater(BUSY_RETRY_MS, 'Another worker has this connection in hand.');
      case 'waiting':
        return this.#unlessSoon(result.until);
      case 'later':
        await this.#postponed.postpone(syncId, this.#after(result.delayMs + GRACE_MS), {
          ...result.failed,
          at: this.#after(result.delayMs),
        });
        throw new RetryLater(result.delayMs, result.cause.message, { cause: result.cause });
    }
  }

  /** Too early: whoever keeps the waiting runs dispatches it again, and the command need not wait here as well. */
  #unlessSoon(until: string): void {
    const delayMs = Date.parse(until) - Date.parse(this.#deps.clock.now());
    if (delayMs <= CLOCK_DIFFERENCE_MS)
      throw new RetryLater(Math.max(1, delayMs), 'Its time is about to come.');
  }

  #after(ms: number): string {
    return later(this.#deps.clock.now(), ms);
  }
}
