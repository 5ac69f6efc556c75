import { randomUUID } from 'node:crypto';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type { AppendOutcome } from '../log/event-log.js';
import type { GroupCommit } from '../log/group-commit.js';
import { deleteSucceeded } from '../wire/append-answers.js';
import type { AppendMessage, Target } from '../wire/append-messages.js';
import * as refusals from '../wire/refusals.js';
import { uuidBytes } from '../wire/uuid.js';
import { faultRefusal } from './append.js';

/** `Delete` hides what the stream holds until somebody writes to it again; `Tombstone` closes it for good. */
export const remove =
  (commits: GroupCommit, kind: 'delete' | 'tombstone') =>
  (call: ServerUnaryCall<AppendMessage, Buffer>, answer: sendUnaryData<Buffer>): void => {
    const { target, fault } = call.request;
    if (fault !== undefined) return answer(faultRefusal(fault));
    if (target === undefined) return answer(refusals.invalidArgument('The request has no options.'));
    const marker = {
      id: uuidBytes(randomUUID()),
      type: '',
      isJson: false,
      data: Buffer.alloc(0),
      metadata: Buffer.alloc(0),
    };
    commits.submit({ kind, ...target, events: [marker] }).then(
      (outcome) => answerWith(outcome, target, answer),
      () => answer(refusals.unavailable('The deletion could not be stored.')),
    );
  };

const answerWith = (
  outcome: AppendOutcome,
  { stream, expected }: Target,
  answer: sendUnaryData<Buffer>,
): void => {
  switch (outcome.kind) {
    case 'success':
      return answer(null, deleteSucceeded(outcome.position));
    case 'wrong-expected-version':
      return answer(refusals.wrongExpectedVersion(stream, expected, outcome.current));
    case 'stream-deleted':
      return answer(refusals.streamDeleted(stream));
    case 'timeout':
      return answer(refusals.timedOut());
  }
};
