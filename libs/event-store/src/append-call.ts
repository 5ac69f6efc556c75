import { randomUUID } from 'node:crypto';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { type AppendResult, convertToCommandError } from '@kurrent/kurrentdb-client';
import errors from '@kurrent/kurrentdb-client/dist/streams/appendToStream/unpackError.js';
import uuids from '@kurrent/kurrentdb-client/dist/utils/grpcUUID.js';
import services from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import messages from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';

import { batchAppendRequest } from './append-request.js';
import { EventStoreUnavailable } from './event-store.js';
import type { Internals } from './kurrent-internals.js';
import type { Proposal } from './proposal.js';

type Answer = InstanceType<typeof messages.BatchAppendResp>;
type Call = ClientDuplexStream<Buffer, Answer>;

interface Waiting {
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

const PATH = '/event_store.client.streams.Streams/BatchAppend';

const resultOf = (answer: Answer): AppendResult => {
  const success = answer.getSuccess();
  const position = success?.getPosition();
  return {
    success: true,
    nextExpectedRevision: BigInt(success?.getCurrentRevision() ?? 0),
    position: position && {
      commit: BigInt(position.getCommitPosition()),
      prepare: BigInt(position.getPreparePosition()),
    },
  };
};

const streamOf = (answer: Answer): string =>
  Buffer.from(answer.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');

/** The client throws on a refusal without details; here, in a listener, that would end the process. */
const refusalOf = (error: NonNullable<ReturnType<Answer['getError']>>, stream: string): Error => {
  try {
    return errors.unpackToCommandError(error, stream);
  } catch (cause) {
    return new EventStoreUnavailable(`The event store refused an append to ${stream} without a reason.`, {
      cause,
    });
  }
};

/** One `BatchAppend` call: many appends at once, each answered by itself. When it breaks, all that wait are told. */
export class AppendCall {
  readonly #call: Call;
  readonly #waiting = new Map<string, Waiting>();
  readonly #onBroken: () => void;
  #failure: Error | undefined;

  private constructor(call: Call, onBroken: () => void) {
    this.#call = call;
    this.#onBroken = onBroken;
    call.on('data', (answer: Answer) => this.#answered(answer));
    call.on('error', (error: Error) => this.#fail(convertToCommandError(error)));
    call.on('end', () =>
      this.#fail(new EventStoreUnavailable('The event store ended the call for appends.')),
    );
  }

  static async open(internals: Internals, onBroken: () => void): Promise<AppendCall> {
    const call = await internals.GRPCStreamCreator<Call>(services.StreamsClient, 'appendToStream', (stub) =>
      stub.makeBidiStreamRequest(
        PATH,
        (request: Buffer) => request,
        (bytes: Buffer) => messages.BatchAppendResp.deserializeBinary(bytes),
        ...internals.callArguments({}, { deadline: Infinity }),
      ),
    )();
    return new AppendCall(call, onBroken);
  }

  /** @param ms from when the server reads it; after that it must not write any more */
  append(proposal: Proposal, ms: number): Promise<AppendResult> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // What the transport cannot take at once it keeps; the lane's gate bounds how much that is.
      this.#call.write(batchAppendRequest(id, proposal, ms));
    });
  }

  #answered(answer: Answer): void {
    const id = uuids.parseUUID(answer.getCorrelationId()) ?? '';
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    const error = answer.getError();
    if (error) waiting?.reject(refusalOf(error, streamOf(answer)));
    else waiting?.resolve(resultOf(answer));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#onBroken();
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
