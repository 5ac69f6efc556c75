import messages from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { jsonEvent, NO_STREAM } from '@kurrent/kurrentdb-client';
import { describe, expect, it } from 'vitest';
import { batchAppendRequest } from './append-request.js';

const ID = '3f6c9df4-9f0c-4f7e-9a35-0f6f3f1f2a3b';
const WITHIN_MS = 2_417;

const events = [
  jsonEvent({
    id: ID,
    type: 'Égal',
    data: { text: 'é'.repeat(300), amount: '-1.50' },
    metadata: { a: null },
  }),
  jsonEvent({ id: ID.replace('3', '4'), type: 'Second', data: {} }),
];

const read = (streamState: bigint | typeof NO_STREAM) => {
  const proposal = { stream: 'delivery-crédit', streamState, events, deadline: 0 };
  return messages.BatchAppendReq.deserializeBinary(batchAppendRequest(ID, proposal, WITHIN_MS));
};

const json = (bytes: Uint8Array | string): unknown => JSON.parse(Buffer.from(bytes as Uint8Array).toString());

describe('a batch append request', () => {
  it('says to which stream, within what time by any clock, and that it is whole', () => {
    const request = read(NO_STREAM);
    const options = request.getOptions();
    expect(request.getCorrelationId()?.getString()).toBe(ID);
    expect(request.getIsFinal()).toBe(true);
    expect(Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe(
      'delivery-crédit',
    );
    expect(options?.getDeadline()?.toObject()).toEqual({ seconds: 2, nanos: 417_000_000 });
    expect(options?.hasDeadline21100()).toBe(false);
  });

  it.each([0n, 1n, 127n, 128n, 300n, 9_007_199_254_740_993n])('expects revision %s exactly', (revision) => {
    expect(read(revision).getOptions()?.getStreamPosition()).toBe(String(revision));
  });

  it('expects no stream', () => {
    expect(read(NO_STREAM).getOptions()?.hasNoStream()).toBe(true);
  });

  it('carries the events in their order', () => {
    const sent = read(NO_STREAM).getProposedMessagesList();
    expect(sent.map((event) => event.getId()?.getString())).toEqual(events.map(({ id }) => id));
    expect(sent.map((event) => event.getMetadataMap().get('type'))).toEqual(['Égal', 'Second']);
    expect(sent.map((event) => event.getMetadataMap().get('content-type'))).toEqual(
      events.map(() => 'application/json'),
    );
    expect(sent.map((event) => json(event.getData_asU8()))).toEqual(events.map(({ data }) => data));
    expect(sent[0] && json(sent[0].getCustomMetadata_asU8())).toEqual({ a: null });
    expect(sent[1]?.getCustomMetadata_asU8()).toHaveLength(0);
  });
});
