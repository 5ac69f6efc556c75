import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { AppendOutcome } from '../log/event-log.js';
import type { GroupCommit } from '../log/group-commit.js';
import type { ProposedEvent } from '../log/stored-event.js';
import {
  batchRefused,
  batchSucceeded,
  type BatchRefusal,
  type BatchSubject,
} from '../wire/append-answers.js';
import type { BatchAppendMessage, Target } from '../wire/append-messages.js';
import { sizeOf } from './append-size.js';

/** Beyond this many appends in hand, a client's next ones wait in its own buffers. */
const MAX_UNANSWERED = 512;

interface Unfinished {
  target?: Target;
  readonly events: ProposedEvent[];
  size: number;
  refusal?: BatchRefusal;
}

/**
 * `BatchAppend`: many appends, each in one or more chunks, over one call. Each is answered once, after its last chunk;
 * answers may overtake each other.
 */
export const batchAppend =
  (commits: GroupCommit, maxAppendSize: number) =>
  (call: ServerDuplexStream<BatchAppendMessage, Buffer>): void => {
    const unfinished = new Map<string, Unfinished>();
    let unanswered = 0;
    let ended = false;
    const endWhenAnswered = () => {
      if (ended && unanswered === 0) call.end();
    };

    const answer = async (batch: Unfinished, correlationId: Buffer) => {
      const message = await answerTo(commits, batch, correlationId);
      unanswered--;
      if (unanswered < MAX_UNANSWERED && call.isPaused()) call.resume();
      if (!call.cancelled) call.write(message);
      endWhenAnswered();
    };

    call.on('data', (message: BatchAppendMessage) => {
      const key = message.correlationId.toString('latin1');
      const batch = unfinished.get(key) ?? { events: [], size: 0 };
      addChunk(batch, message, maxAppendSize);
      if (!message.isFinal) {
        unfinished.set(key, batch);
        return;
      }
      unfinished.delete(key);
      unanswered++;
      if (unanswered === MAX_UNANSWERED) call.pause();
      void answer(batch, message.correlationId);
    });
    call.on('end', () => {
      ended = true;
      endWhenAnswered();
    });
    call.on('error', () => unfinished.clear());
  };

const addChunk = (batch: Unfinished, message: BatchAppendMessage, maxAppendSize: number): void => {
  batch.target ??= message.target;
  if (message.fault !== undefined) batch.refusal ??= { kind: 'bad-request', message: message.fault.message };
  for (const event of message.events) {
    batch.size += sizeOf(event);
    if (batch.size > maxAppendSize) batch.refusal ??= { kind: 'too-large', limit: maxAppendSize };
    if (batch.refusal === undefined) batch.events.push(event);
  }
};

const answerTo = async (commits: GroupCommit, batch: Unfinished, correlationId: Buffer): Promise<Buffer> => {
  const { target, events, refusal } = batch;
  const subject: BatchSubject = { correlationId, stream: target?.stream ?? '' };
  if (refusal !== undefined) return batchRefused(subject, refusal);
  if (target === undefined) {
    return batchRefused(subject, { kind: 'bad-request', message: 'The request has no options.' });
  }
  try {
    const outcome = await commits.submit({ kind: 'append', ...target, events });
    return outcome.kind === 'success'
      ? batchSucceeded(subject, outcome.revision, outcome.position)
      : batchRefused(subject, refusalOf(outcome, target));
  } catch {
    return batchRefused(subject, { kind: 'unknown' });
  }
};

const refusalOf = (outcome: Exclude<AppendOutcome, { kind: 'success' }>, target: Target): BatchRefusal =>
  outcome.kind === 'wrong-expected-version' ? { ...outcome, expected: target.expected } : outcome;
