import { Logger } from '@nestjs/common';
import type { JsMsg } from '@nats-io/jetstream';
import { errorText } from '#kernel';
import type { Nats } from '../nats/nats.js';
import { publishDeadLetter } from './dead-letter.js';
import { RequestInvalid } from '../rpc/request-invalid.js';
import { PermanentFailure, RetryLater } from './failures.js';

export interface RetryRules {
  /** Failed attempts after which a command is dead. */
  readonly maxAttempts: number;
  /** Wait before the attempt after the `failures`-th failed one. */
  backoffMs(this: void, failures: number): number;
}

/** More deliveries than this (a handler that kills its process never fails in here) and a command is dead. */
const MAX_DELIVERIES = 1_000;
const REMEMBERED = 10_000;

/**
 * Tells JetStream what became of a delivery. Failures are counted in this process, not by JetStream's delivery count,
 * because that one also counts postponements: after a restart a command gets more attempts than its limit, never fewer.
 */
export class Settlement {
  private readonly logger = new Logger('DurableCommands');
  private readonly failures = new Map<number, number>();

  constructor(
    private readonly nats: Nats,
    private readonly rules: RetryRules,
  ) {}

  async succeeded(message: JsMsg): Promise<void> {
    this.failures.delete(message.seq);
    await message.ackAck().catch((error: unknown) => {
      this.logger.warn(
        `No answer to the acknowledgement of ${nameOf(message)}, it may come again: ${errorText(error)}`,
      );
    });
  }

  async failed(message: JsMsg, error: unknown, stopping: boolean): Promise<void> {
    if (error instanceof PermanentFailure || error instanceof RequestInvalid) {
      await this.kill(message, errorText(error));
    } else if (error instanceof RetryLater) {
      message.nak(Math.max(1, error.delayMs));
    } else if (stopping) {
      message.nak();
    } else {
      await this.countAndRetry(message, error);
    }
  }

  private async countAndRetry(message: JsMsg, error: unknown): Promise<void> {
    const failures = (this.failures.get(message.seq) ?? 0) + 1;
    if (failures >= this.rules.maxAttempts || message.info.deliveryCount >= MAX_DELIVERIES) {
      await this.kill(message, `${failures} failed attempts, the last: ${errorText(error)}`);
      return;
    }
    this.remember(message.seq, failures);
    const delayMs = this.rules.backoffMs(failures);
    this.logger.warn(
      `Attempt ${failures} at ${nameOf(message)} failed, next in ${delayMs} ms: ${errorText(error)}`,
    );
    message.nak(delayMs);
  }

  private async kill(message: JsMsg, reason: string): Promise<void> {
    try {
      await publishDeadLetter(this.nats, message, reason);
    } catch (error) {
      this.logger.error(`Cannot store the dead letter of ${nameOf(message)}: ${errorText(error)}`);
      message.nak(5_000);
      return;
    }
    this.failures.delete(message.seq);
    this.logger.error(`Gave up ${nameOf(message)}, it is among the dead letters: ${reason}`);
    message.term();
  }

  private remember(sequence: number, failures: number): void {
    this.failures.delete(sequence);
    this.failures.set(sequence, failures);
    const oldest = this.failures.keys().next();
    if (this.failures.size > REMEMBERED && !oldest.done) this.failures.delete(oldest.value);
  }
}

const nameOf = (message: JsMsg): string => `${message.subject} #${message.seq}`;
