import { randomUUID } from 'node:crypto';
import { ChannelCredentials, status, type ServiceError } from '@grpc/grpc-js';
import sharedPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import streamsGrpc from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import streamsPb, {
  type AppendReq,
  type AppendResp,
  type BatchAppendReq,
  type BatchAppendResp,
  type ReadReq,
  type ReadResp,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { NO_STREAM } from '@kurrent/kurrentdb-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, events } from './events.js';
import { serverUnderTest } from './server-under-test.js';

/** What the official client never sends, or does not show. Needs a server without TLS. */
const server = serverUnderTest();
let stub: InstanceType<typeof streamsGrpc.StreamsClient>;

beforeAll(() => {
  const [, address = ''] = /:\/\/(?:[^@/]*@)?([^/?]+)/u.exec(server.url) ?? [];
  stub = new streamsGrpc.StreamsClient(address, ChannelCredentials.createInsecure());
});
afterAll(() => stub.close());

const empty = () => new sharedPb.Empty();
const identifier = (stream: string) => {
  const message = new sharedPb.StreamIdentifier();
  message.setStreamName(Buffer.from(stream).toString('base64'));
  return message;
};
const uuid = (text: string) => {
  const message = new sharedPb.UUID();
  message.setString(text);
  return message;
};

const readRequest = (change: (options: ReadReq.Options) => void): ReadReq => {
  const options = new streamsPb.ReadReq.Options();
  const uuids = new streamsPb.ReadReq.Options.UUIDOption();
  uuids.setString(empty());
  options.setUuidOption(uuids).setNoFilter(empty()).setCount('100');
  change(options);
  return new streamsPb.ReadReq().setOptions(options);
};

const ofStream = (stream: string) => {
  const options = new streamsPb.ReadReq.Options.StreamOptions();
  options.setStreamIdentifier(identifier(stream));
  options.setStart(empty());
  return options;
};

const all = () => new streamsPb.ReadReq.Options.AllOptions();

const read = (request: ReadReq): Promise<ReadResp[]> =>
  collect(stub.read(request) as AsyncIterable<ReadResp>);

const streamOf = async (count: number): Promise<string> => {
  const stream = server.stream();
  await server.client.appendToStream(stream, events(count), { streamState: NO_STREAM });
  return stream;
};

describe('Read', () => {
  it('tells newer clients where a stream ends, and where it begins', async () => {
    const stream = await streamOf(50);
    await server.client.setStreamMetadata(stream, { truncateBefore: 45 });
    const control = new streamsPb.ReadReq.Options.ControlOption();
    control.setCompatibility(1);
    const messages = await read(readRequest((o) => o.setStream(ofStream(stream)).setControlOption(control)));
    expect(messages).toHaveLength(7);
    expect(messages[0]?.getFirstStreamPosition()).toBe('45');
    expect(messages.at(-1)?.getLastStreamPosition()).toBe('49');
    expect(await read(readRequest((o) => o.setStream(ofStream(stream))))).toHaveLength(5);
  });

  it('sends ids as two numbers when asked to', async () => {
    const stream = await streamOf(1);
    const uuids = new streamsPb.ReadReq.Options.UUIDOption();
    uuids.setStructured(empty());
    const [asText] = await read(readRequest((o) => o.setStream(ofStream(stream))));
    const [asNumbers] = await read(readRequest((o) => o.setStream(ofStream(stream)).setUuidOption(uuids)));
    const structured = asNumbers?.getEvent()?.getEvent()?.getId()?.getStructured();
    const hex = [structured?.getMostSignificantBits(), structured?.getLeastSignificantBits()]
      .map((half) =>
        BigInt.asUintN(64, BigInt(half ?? 0))
          .toString(16)
          .padStart(16, '0'),
      )
      .join('');
    expect(hex).toBe(asText?.getEvent()?.getEvent()?.getId()?.getString().replaceAll('-', ''));
  });

  it('has nothing beyond either end of the log', async () => {
    await streamOf(2);
    const backwards = streamsPb.ReadReq.Options.ReadDirection.BACKWARDS;
    expect(await read(readRequest((o) => o.setAll(all().setEnd(empty()))))).toEqual([]);
    const fromStart = readRequest((o) => o.setAll(all().setStart(empty())).setReadDirection(backwards));
    expect(await read(fromStart)).toEqual([]);
  });

  it('backwards from the start of a stream has its first event only', async () => {
    const stream = await streamOf(3);
    const backwards = streamsPb.ReadReq.Options.ReadDirection.BACKWARDS;
    const messages = await read(
      readRequest((o) => o.setStream(ofStream(stream)).setReadDirection(backwards)),
    );
    expect(messages.map((message) => message.getEvent()?.getEvent()?.getStreamRevision())).toEqual(['0']);
  });

  it.each([
    ['no way to send ids', (o: ReadReq.Options) => o.setStream(ofStream('x')).clearUuidOption()],
    ['nothing to read', () => undefined],
    [
      'a subscription that reads backwards',
      (o: ReadReq.Options) =>
        o
          .setStream(ofStream('x'))
          .setSubscription(new streamsPb.ReadReq.Options.SubscriptionOptions())
          .setReadDirection(streamsPb.ReadReq.Options.ReadDirection.BACKWARDS),
    ],
  ])('refuses %s', async (_, change) => {
    await expect(read(readRequest(change))).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('ends with the status of its error, not with an empty success', async () => {
    const stream = await streamOf(1);
    await server.client.tombstoneStream(stream);
    const error: unknown = await read(readRequest((o) => o.setStream(ofStream(stream)))).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: status.FAILED_PRECONDITION });
    expect((error as ServiceError).metadata.getMap()).toMatchObject({
      exception: 'stream-deleted',
      'stream-name': stream,
    });
  });
});

const appendCall = (messages: readonly AppendReq[]): Promise<AppendResp> =>
  new Promise((resolve, reject) => {
    const call = stub.append((error, response) => (error === null ? resolve(response) : reject(error)));
    for (const message of messages) call.write(message);
    call.end();
  });

const header = (stream: string) => {
  const options = new streamsPb.AppendReq.Options();
  options.setStreamIdentifier(identifier(stream));
  options.setAny(empty());
  return new streamsPb.AppendReq().setOptions(options);
};

const proposed = (properties: Readonly<Record<string, string>>) => {
  const message = new streamsPb.AppendReq.ProposedMessage();
  message.setId(uuid(randomUUID()));
  for (const [key, value] of Object.entries(properties)) message.getMetadataMap().set(key, value);
  return new streamsPb.AppendReq().setProposedMessage(message);
};

describe('Append', () => {
  it.each<Readonly<Record<string, string>>>([{ type: 'T' }, { 'content-type': 'application/json' }])(
    'requires type and content type (%o)',
    async (one) => {
      const stream = server.stream();
      const error: unknown = await appendCall([header(stream), proposed(one)]).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: status.INVALID_ARGUMENT });
      expect((error as ServiceError).metadata.getMap()).toMatchObject({
        exception: 'missing-required-metadata-property',
        'required-metadata-properties': 'type,content-type',
      });
      const [answer] = await read(readRequest((o) => o.setStream(ofStream(stream))));
      expect(answer?.hasStreamNotFound()).toBe(true);
    },
  );

  it('takes an id as two numbers', async () => {
    const stream = server.stream();
    const halves = new sharedPb.UUID.Structured();
    halves.setMostSignificantBits('-9000000000000000001').setLeastSignificantBits('42');
    const id = new sharedPb.UUID();
    id.setStructured(halves);
    const message = proposed({ type: 'T', 'content-type': 'application/json' });
    message.getProposedMessage()?.setId(id);
    await appendCall([header(stream), message]);
    const [answer] = await read(readRequest((o) => o.setStream(ofStream(stream))));
    const text = answer?.getEvent()?.getEvent()?.getId()?.getString();
    expect(text).toBe('831993af-1d7b-ffff-0000-00000000002a');
  });

  it('writes nothing when the client leaves before the end', async () => {
    const stream = server.stream();
    const call = stub.append(() => undefined);
    call.on('error', () => undefined);
    call.write(header(stream));
    call.write(proposed({ type: 'T', 'content-type': 'application/json' }));
    call.cancel();
    await streamOf(1);
    const [answer] = await read(readRequest((o) => o.setStream(ofStream(stream))));
    expect(answer?.hasStreamNotFound()).toBe(true);
  });
});

const batchRequest = (stream: string, correlationId: string, isFinal: boolean): BatchAppendReq => {
  const event = new streamsPb.BatchAppendReq.ProposedMessage();
  event.setId(uuid(randomUUID()));
  event.getMetadataMap().set('type', 'T').set('content-type', 'application/json');
  const options = new streamsPb.BatchAppendReq.Options();
  options.setStreamIdentifier(identifier(stream));
  options.setStreamPosition('0');
  const message = new streamsPb.BatchAppendReq();
  message.setCorrelationId(uuid(correlationId)).setOptions(options).setIsFinal(isFinal);
  message.addProposedMessages(event);
  return message;
};

const batchCall = (messages: readonly BatchAppendReq[]): Promise<BatchAppendResp[]> => {
  const call = stub.batchAppend();
  for (const message of messages) call.write(message);
  call.end();
  return collect(call as AsyncIterable<BatchAppendResp>);
};

describe('BatchAppend', () => {
  it('answers each append once, with its correlation id and its stream', async () => {
    const streams = [server.stream(), server.stream()];
    const ids = [randomUUID(), randomUUID()];
    const [first = '', second = ''] = streams;
    const answers = await batchCall([
      batchRequest(first, ids[0] ?? '', false),
      batchRequest(second, ids[1] ?? '', true),
      batchRequest(first, ids[0] ?? '', true),
    ]);
    const told = answers.map((answer) => [
      answer.getCorrelationId()?.getString(),
      Buffer.from(answer.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString(),
      answer.getError()?.getDetails()?.getTypeName(),
    ]);
    const type = 'event_store.client.WrongExpectedVersion';
    expect(told).toEqual([
      [ids[1], second, type],
      [ids[0], first, type],
    ]);
  });

  it('writes nothing after its deadline', async () => {
    const stream = server.stream();
    const appended = server.client.appendToStream(stream, events(1), {
      streamState: NO_STREAM,
      deadline: -5_000,
    });
    await expect(appended).rejects.toMatchObject({ type: 'deadline-exceeded' });
    const [answer] = await read(readRequest((o) => o.setStream(ofStream(stream))));
    expect(answer?.hasStreamNotFound()).toBe(true);
  });

  it('goes on after a message that cannot be understood', async () => {
    const stream = await streamOf(1);
    const broken = batchRequest(stream, randomUUID(), true);
    broken.getProposedMessagesList()[0]?.getMetadataMap().clear();
    const answers = await batchCall([broken, batchRequest(stream, randomUUID(), true)]);
    expect(answers.map((answer) => answer.hasError())).toEqual([true, false]);
  });
});
