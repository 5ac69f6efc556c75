/*
 * Reads over the client's own gRPC stub. The public `readStream` and `readAll` of client 1.3.1 go through its Rust
 * bridge 0.2.2, which stalls small reads for 40 ms (Nagle left on) and hangs for good after ten early `break`s. It
 * leans on internals of the client; drop it for the public calls once a newer bridge fixes both. Should an upgrade take
 * the internals away, reads fall back to `kurrent-paged-read.ts`.
 */
import { convertToCommandError, type KurrentDBClient, type ResolvedEvent } from '@kurrent/kurrentdb-client';
import conversion from '@kurrent/kurrentdb-client/dist/utils/convertGrpcEvent.js';
import services from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import type messages from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { ClientReadableStream } from '@grpc/grpc-js';
import { EventStoreUnavailable } from './event-store.js';
import { isUnsettled } from './kurrent-errors.js';
import { type Internals, internalsOf } from './kurrent-internals.js';
import { pagedRead } from './kurrent-paged-read.js';
import { type AllRead, readRequest, type StreamRead } from './kurrent-read-request.js';
import { withinTime } from './within-time.js';

type Call = ClientReadableStream<InstanceType<typeof messages.ReadResp>>;

const open = async (internals: Internals, read: StreamRead | AllRead): Promise<Call> => {
  const request = readRequest(read);
  const call = await internals.GRPCStreamCreator(services.StreamsClient, 'readStream', (stub) =>
    stub.read(request, ...internals.callArguments({}, { deadline: Infinity })),
  )();
  // A cancelled call reports its own cancellation as an error event after everybody stopped listening.
  call.on('error', () => undefined);
  return call;
};

async function* follow(call: Call, silenceMs: number): AsyncGenerator<ResolvedEvent> {
  const messages = call[Symbol.asyncIterator]();
  let waiting = false;
  const silence = setTimeout(() => {
    if (waiting) call.destroy(new EventStoreUnavailable(`The event store was silent for ${silenceMs} ms.`));
  }, silenceMs);
  try {
    for (;;) {
      waiting = true;
      silence.refresh();
      const next = await messages.next();
      waiting = false;
      if (next.done === true) return;
      const event = next.value.getEvent();
      if (event) yield conversion.convertGrpcEvent(event);
    }
  } finally {
    clearTimeout(silence);
    call.cancel();
    // A cancelled call ends only after its last message was taken, and until then the client keeps it and waits for it.
    call.destroy();
  }
}

const asOurError = (error: unknown): unknown => {
  if (!(error instanceof Error) || error instanceof EventStoreUnavailable) return error;
  const converted = convertToCommandError(error);
  return isUnsettled(converted)
    ? new EventStoreUnavailable(`The event store cannot be read: ${error.message}`, { cause: error })
    : converted;
};

/**
 * The events of one read, in its order; nothing when the stream does not exist. Leaving early cancels the call.
 * @param silenceMs how long to wait for the next message of the server; the reader's own time does not count
 * @throws {EventStoreUnavailable}
 */
export async function* readEvents(
  client: KurrentDBClient,
  read: StreamRead | AllRead,
  silenceMs: number,
): AsyncGenerator<ResolvedEvent> {
  const internals = internalsOf(client);
  try {
    if (internals) yield* follow(await withinTime(open(internals, read), silenceMs), silenceMs);
    else yield* pagedRead(client, read);
  } catch (error) {
    throw asOurError(error);
  }
}
