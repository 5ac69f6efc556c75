import { AckPolicy, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { STREAMS } from '#contracts';
import { errorText, type CorrelationScope } from '#kernel';
import { correlationOf } from '../nats/correlation-headers.js';
import type { Nats } from '../nats/nats.js';
import { backoffMs, pause } from '../nats/pause.js';
import { JETSTREAM, type DurableCommandOptions } from './durable-command.js';
import { PermanentFailure } from './failures.js';
import { JetStreamContext } from './jetstream-context.js';
import { PullLoop } from './pull-loop.js';
import { Settlement, type RetryRules } from './settle.js';

export interface JetStreamStrategyOptions {
  /** Stays open: whoever made it closes it, after the strategy. */
  readonly nats: Nats;
  readonly scope: CorrelationScope;
  /** Commands of one subject handled at once by this process (default 4). */
  readonly concurrency?: number;
  /** Failed attempts after which a command is dead (default 12). */
  readonly maxAttempts?: number;
  /** Silence after which JetStream gives a command to another worker (default 30 s). */
  readonly ackWaitMs?: number;
  /** Wait before the attempt after the `failures`-th failed one (default 250 ms doubling to 60 s). */
  readonly backoffMs?: RetryRules['backoffMs'];
  /** How long a stop waits for the commands in hand (default 25 s); what is not done then comes again. */
  readonly stopWithinMs?: number;
}

/**
 * Nest transport for durable commands: handlers marked with `@DurableCommand(subject)` receive them at least once. All
 * processes with a handler for a subject share its durable consumer.
 */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = JETSTREAM;
  override readonly propagatesEventHandlerErrors = true;
  private readonly stopping = new AbortController();
  private loops: PullLoop[] = [];

  constructor(private readonly options: JetStreamStrategyOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    // Nest hands handlers that name no transport, such as those of request/reply, to every transport.
    const durable = [...this.messageHandlers].filter(([, handler]) => handler.extras?.['isDurable'] === true);
    this.loops = durable.map(([subject, handler]) => this.loopFor(subject, handler));
    void this.start(callback);
  }

  /** Fetches nothing more and waits for the commands in hand. */
  async close(): Promise<void> {
    this.stopping.abort();
    const waiting = new AbortController();
    const settled = Promise.all(this.loops.map((loop) => loop.stop()));
    await Promise.race([settled, pause(this.options.stopWithinMs ?? 25_000, waiting.signal)]);
    waiting.abort();
  }

  override on(): never {
    throw new Error('The JetStream transport has no events of its own.');
  }

  override unwrap(): never {
    throw new Error('The NATS connection belongs to whoever made it.');
  }

  private async start(callback: (error?: unknown) => void): Promise<void> {
    const started = await Promise.allSettled(this.loops.map((loop) => loop.start()));
    const failed = started.find((outcome) => outcome.status === 'rejected');
    callback(failed?.reason);
  }

  private loopFor(subject: string, handler: MessageHandler): PullLoop {
    const { nats, ackWaitMs = 30_000 } = this.options;
    const wanted = (handler.extras ?? {}) as DurableCommandOptions;
    const settlement = new Settlement(nats, {
      maxAttempts: wanted.maxAttempts ?? this.options.maxAttempts ?? 12,
      backoffMs: this.options.backoffMs ?? ((failures) => backoffMs(failures, 250, 60_000)),
    });
    return new PullLoop({
      nats,
      stream: STREAMS.commands,
      concurrency: wanted.concurrency ?? this.options.concurrency ?? 4,
      consumer: {
        durable_name: durableNameOf(subject),
        filter_subject: subject,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(ackWaitMs),
        max_deliver: -1,
        // Postponed commands count as pending: a small limit would let them block all others.
        max_ack_pending: 10_000,
      },
      handle: (message) => this.process(message, handler, settlement),
    });
  }

  private async process(message: JsMsg, handler: MessageHandler, settlement: Settlement): Promise<void> {
    const alive = setInterval(() => message.working(), (this.options.ackWaitMs ?? 30_000) / 3);
    try {
      await this.options.scope.run(correlationOf(message.headers), () => this.invoke(message, handler));
      await settlement.succeeded(message);
    } catch (error) {
      await settlement.failed(message, error, this.stopping.signal.aborted);
    } finally {
      clearInterval(alive);
    }
  }

  private async invoke(message: JsMsg, handler: MessageHandler): Promise<void> {
    const context = new JetStreamContext([message, this.stopping.signal]);
    const result: unknown = await handler(parse(message), context);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }
}

/** `passerelle.commands.sync.run` → `sync-run`; a durable name contains no dot. */
export const durableNameOf = (subject: string): string =>
  subject.replace(/^passerelle\.commands\./, '').replaceAll('.', '-');

const parse = (message: JsMsg): unknown => {
  try {
    return message.json<unknown>();
  } catch (error) {
    throw new PermanentFailure(`The payload is no JSON (${errorText(error)}).`, { cause: error });
  }
};
