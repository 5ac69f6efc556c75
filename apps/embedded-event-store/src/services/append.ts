import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js';
import type { AppendOutcome } from '../log/event-log.js';
import type { GroupCommit } from '../log/group-commit.js';
import type { ProposedEvent } from '../log/stored-event.js';
import { appendRefused, appendSucceeded } from '../wire/append-answers.js';
import { MissingMetadataProperty, type AppendMessage, type Target } from '../wire/append-messages.js';
import * as refusals from '../wire/refusals.js';
import { sizeOf } from './append-size.js';

/** `Append`: the target first, then one message per event; decided once the client has ended. */
export const append =
  (commits: GroupCommit, maxAppendSize: number) =>
  (call: ServerReadableStream<AppendMessage, Buffer>, answer: sendUnaryData<Buffer>): void => {
    const events: ProposedEvent[] = [];
    let target: Target | undefined;
    let refusal: refusals.Refusal | undefined;
    let size = 0;
    call.on('data', (message: AppendMessage) => {
      target ??= message.target;
      if (message.fault !== undefined) refusal ??= faultRefusal(message.fault);
      if (message.event === undefined || refusal !== undefined) return;
      size += sizeOf(message.event);
      if (size > maxAppendSize) refusal = refusals.appendTooLarge(maxAppendSize);
      else events.push(message.event);
    });
    call.on('end', () => {
      if (refusal !== undefined) return answer(refusal);
      if (target === undefined) return answer(refusals.invalidArgument('The request has no options.'));
      const { stream, expected } = target;
      commits.submit({ kind: 'append', stream, expected, events }).then(
        (outcome) => answerWith(outcome, { stream, expected }, answer),
        () => answer(refusals.unavailable('The append could not be stored.')),
      );
    });
  };

export const faultRefusal = (fault: Error): refusals.Refusal =>
  fault instanceof MissingMetadataProperty
    ? refusals.missingMetadataProperty()
    : refusals.invalidArgument(fault.message);

const answerWith = (
  outcome: AppendOutcome,
  { stream, expected }: Target,
  answer: sendUnaryData<Buffer>,
): void => {
  switch (outcome.kind) {
    case 'success':
      return answer(null, appendSucceeded(outcome.revision, outcome.position));
    case 'wrong-expected-version':
      return answer(null, appendRefused(outcome.current, expected));
    case 'stream-deleted':
      return answer(refusals.streamDeleted(stream));
    case 'timeout':
      return answer(refusals.timedOut());
  }
};
