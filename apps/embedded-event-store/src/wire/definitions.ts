import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import streamsPb, {
  type ReadReq,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import {
  readAppendMessage,
  readBatchAppendMessage,
  readTargetMessage,
  type AppendMessage,
  type BatchAppendMessage,
} from './append-messages.js';

const asIs = (buffer: Buffer): Buffer => buffer;

const notAClient = (): never => {
  throw new Error('This definition serves requests, it does not send them.');
};

const method = <Request>(
  name: string,
  requestDeserialize: (buffer: Buffer) => Request,
  streams: { readonly request: boolean; readonly response: boolean },
): MethodDefinition<Request, Buffer> => ({
  path: `/event_store.client.streams.Streams/${name}`,
  requestStream: streams.request,
  responseStream: streams.response,
  requestSerialize: notAClient,
  requestDeserialize,
  responseSerialize: asIs,
  responseDeserialize: asIs,
});

/**
 * The `Streams` service with codecs of our own: the generated classes cost twice the time for events, so they are only
 * used for the request of a read. Answers are encoded messages.
 */
export const streamsService: {
  readonly read: MethodDefinition<ReadReq, Buffer>;
  readonly append: MethodDefinition<AppendMessage, Buffer>;
  readonly batchAppend: MethodDefinition<BatchAppendMessage, Buffer>;
  readonly delete: MethodDefinition<AppendMessage, Buffer>;
  readonly tombstone: MethodDefinition<AppendMessage, Buffer>;
} & ServiceDefinition = {
  read: method('Read', (buffer) => streamsPb.ReadReq.deserializeBinary(buffer), {
    request: false,
    response: true,
  }),
  append: method('Append', readAppendMessage, { request: true, response: false }),
  batchAppend: method('BatchAppend', readBatchAppendMessage, { request: true, response: true }),
  delete: method('Delete', readTargetMessage, { request: false, response: false }),
  tombstone: method('Tombstone', readTargetMessage, { request: false, response: false }),
};
