import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import messages from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';

export interface StreamRead {
  readonly stream: string;
  readonly from: bigint | 'start' | 'end';
  readonly direction: 'forwards' | 'backwards';
  /** Left out: all there are. */
  readonly maxCount: number | undefined;
}

export interface AllRead {
  /** Commit position; inclusive forwards, exclusive backwards. */
  readonly from: bigint | 'start' | 'end';
  readonly direction: 'forwards' | 'backwards';
  readonly maxCount: number;
  /** Left out: events of every stream. */
  readonly streamPrefixes?: readonly string[];
}

export type ReadRequest = InstanceType<typeof messages.ReadReq>;

const { Options } = messages.ReadReq;

const streamOptions = ({ stream, from }: StreamRead) => {
  const options = new Options.StreamOptions();
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream, 'utf8'));
  options.setStreamIdentifier(identifier);
  if (from === 'start') options.setStart(new shared.Empty());
  else if (from === 'end') options.setEnd(new shared.Empty());
  else options.setRevision(from.toString());
  return options;
};

const allOptions = ({ from }: AllRead) => {
  const options = new Options.AllOptions();
  if (from === 'start') options.setStart(new shared.Empty());
  else if (from === 'end') options.setEnd(new shared.Empty());
  else {
    const position = new Options.Position();
    position.setCommitPosition(from.toString());
    position.setPreparePosition(from.toString());
    options.setPosition(position);
  }
  return options;
};

const filterOptions = (prefixes: readonly string[]) => {
  const expression = new Options.FilterOptions.Expression();
  expression.setPrefixList([...prefixes]);
  const filter = new Options.FilterOptions();
  filter.setStreamIdentifier(expression);
  filter.setCount(new shared.Empty());
  filter.setCheckpointintervalmultiplier(1);
  return filter;
};

/** The wire message of a read; nothing but plain reads, no subscription. */
export const readRequest = (read: StreamRead | AllRead): ReadRequest => {
  const options = new Options();
  const uuids = new Options.UUIDOption();
  uuids.setString(new shared.Empty());
  options.setUuidOption(uuids);
  options.setReadDirection(
    read.direction === 'forwards' ? Options.ReadDirection.FORWARDS : Options.ReadDirection.BACKWARDS,
  );
  options.setResolveLinks(false);
  options.setCount((read.maxCount ?? Number.MAX_SAFE_INTEGER).toString());
  if ('stream' in read) options.setStream(streamOptions(read));
  else options.setAll(allOptions(read));
  if ('streamPrefixes' in read && read.streamPrefixes) options.setFilter(filterOptions(read.streamPrefixes));
  else options.setNoFilter(new shared.Empty());
  const request = new messages.ReadReq();
  request.setOptions(options);
  return request;
};
