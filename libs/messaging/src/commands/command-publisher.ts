import { STREAMS } from '#contracts';
import type { CorrelationScope } from '#kernel';
import { correlationHeaders } from '../nats/correlation-headers.js';
import type { Nats } from '../nats/nats.js';
import { publishAcked } from '../nats/publish-acked.js';

/** Puts durable commands on the work queue. */
export class CommandPublisher {
  constructor(
    private readonly nats: Nats,
    private readonly scope: CorrelationScope,
  ) {}

  /**
   * Resolves once JetStream has the command. `msgId` names the command for ever: JetStream drops a copy it sees within
   * its dedupe window, and whoever handles it must stand one that it does not see.
   * @throws {NatsUnavailable} not confirmed within `withinMs` (default 15 s)
   */
  async publish(
    subject: string,
    payload: object,
    options: { readonly msgId: string; readonly withinMs?: number },
  ): Promise<void> {
    await publishAcked(this.nats, subject, JSON.stringify(payload), {
      ...options,
      stream: STREAMS.commands,
      headers: correlationHeaders(this.scope.current()),
    });
  }
}
