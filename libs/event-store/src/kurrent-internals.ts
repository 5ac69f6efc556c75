import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import services from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import type { CallOptions, Metadata } from '@grpc/grpc-js';

export type StreamsStub = InstanceType<typeof services.StreamsClient>;

/** What reads and appends use of the client beside its public calls. */
export interface Internals {
  callArguments(base: object, options: CallOptions): [Metadata, CallOptions];
  GRPCStreamCreator<Call>(
    stub: typeof services.StreamsClient,
    debugName: string,
    create: (stub: StreamsStub) => Call,
  ): () => Promise<Call>;
}

/** The members are `protected` for the compiler, and plain functions at run time; `undefined` when an upgrade took them away. */
export const internalsOf = (client: KurrentDBClient): Internals | undefined => {
  const internals = client as unknown as Partial<Internals>;
  return typeof internals.GRPCStreamCreator === 'function' && typeof internals.callArguments === 'function'
    ? (internals as Internals)
    : undefined;
};
