import type { StoredMsg } from '@nats-io/jetstream';
import { STREAMS } from '#contracts';
import type { Nats } from '../nats/nats.js';
import { publishAcked } from '../nats/publish-acked.js';
import { readStored } from '../events/stream-reader.js';
import { DEAD_HEADERS, DEAD_PREFIX, originalHeaders } from './dead-letter.js';

export interface DeadLetter {
  /** Names the letter for {@link DeadLetters.resendDeadLetter}. */
  readonly sequence: number;
  /** Subject of the command. */
  readonly subject: string;
  readonly reason: string;
  readonly attempts: number;
  /** When the command was published, and when it was given up; ISO 8601 UTC. */
  readonly publishedAt: string;
  readonly diedAt: string;
  /** The command as it was sent: text, because it may be no JSON. */
  readonly payload: string;
}

/** No dead letter has this number: it was sent again, or never was. */
export class DeadLetterNotFound extends Error {
  override readonly name = 'DeadLetterNotFound';
}

/** The commands that were given up. */
export class DeadLetters {
  constructor(private readonly nats: Nats) {}

  /** Oldest first. */
  async listDeadLetters(
    options: { readonly after?: number; readonly limit?: number } = {},
  ): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    const { after = 0, limit = 100 } = options;
    for await (const message of readStored(this.nats, STREAMS.dead, `${DEAD_PREFIX}>`, after + 1)) {
      letters.push({
        sequence: message.seq,
        subject: subjectOf(message),
        reason: message.headers?.get(DEAD_HEADERS.reason) ?? '',
        attempts: Number(message.headers?.get(DEAD_HEADERS.attempts) ?? 0),
        publishedAt: message.headers?.get(DEAD_HEADERS.time) ?? '',
        diedAt: message.timestamp,
        payload: message.string(),
      });
      if (letters.length >= limit) break;
    }
    return letters;
  }

  /**
   * Puts the command back on its queue with its own headers, then forgets the letter.
   * @throws {DeadLetterNotFound} nothing under this number
   */
  async resendDeadLetter(sequence: number): Promise<{ readonly subject: string }> {
    const stored = await this.nats.manager.streams.getMessage(STREAMS.dead, { seq: sequence });
    if (!stored) throw new DeadLetterNotFound(`There is no dead letter ${sequence}.`);
    const subject = subjectOf(stored);
    await publishAcked(this.nats, subject, stored.data, {
      stream: STREAMS.commands,
      msgId: `resend:${sequence}:${stored.timestamp}`,
      headers: originalHeaders(stored.header),
    });
    await this.nats.manager.streams.deleteMessage(STREAMS.dead, sequence);
    return { subject };
  }
}

const subjectOf = (message: Pick<StoredMsg, 'subject'>): string => message.subject.slice(DEAD_PREFIX.length);
