import streamsPb, {
  type ReadReq,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { Direction } from '../log/event-table.js';
import type { EventFilter } from './filter.js';

export type Start = 'start' | 'end' | number;

/** A read or a subscription, once its request is found to make sense. */
export interface ReadRequest {
  /** null: the whole log. */
  readonly stream: string | null;
  readonly from: Start;
  readonly direction: Direction;
  /** null: a subscription. */
  readonly count: number | null;
  readonly filter: EventFilter | null;
  /** After so many events looked at, a subscription with a filter reports where it stands. */
  readonly checkpointInterval: number;
  readonly resolveLinks: boolean;
  readonly uuidsAsText: boolean;
  /** Newer clients are told where a stream begins and ends. */
  readonly tellsStreamEnds: boolean;
}

/** The request contradicts itself or lacks something. */
export class InvalidRead extends Error {
  override readonly name = 'InvalidRead';
}

const DEFAULT_WINDOW = 32;

type Options = ReadReq.Options;

/** @throws {InvalidRead} */
export const readRequestOf = (request: ReadReq): ReadRequest => {
  const options = request.getOptions();
  const uuids = options?.getUuidOption();
  if (options === undefined || uuids === undefined) throw new InvalidRead('uuid_option is required.');
  const direction =
    options.getReadDirection() === streamsPb.ReadReq.Options.ReadDirection.FORWARDS
      ? 'forwards'
      : 'backwards';
  const count = options.hasSubscription() ? null : Number(options.getCount());
  if (count === null && direction === 'backwards')
    throw new InvalidRead('A subscription reads forwards only.');
  return {
    ...sourceOf(options),
    ...filterOf(options),
    direction,
    count,
    resolveLinks: options.getResolveLinks(),
    uuidsAsText: !uuids.hasStructured(),
    tellsStreamEnds: (options.getControlOption()?.getCompatibility() ?? 0) >= 1,
  };
};

const sourceOf = (options: Options): Pick<ReadRequest, 'stream' | 'from'> => {
  const all = options.getAll();
  if (all !== undefined) {
    const position = all.getPosition();
    if (position !== undefined) return { stream: null, from: Number(position.getCommitPosition()) };
    return { stream: null, from: all.hasEnd() ? 'end' : 'start' };
  }
  const stream = options.getStream();
  const name = Buffer.from(stream?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
  if (stream === undefined || name === '') throw new InvalidRead('The request names no stream.');
  if (options.hasFilter()) throw new InvalidRead('A stream cannot be filtered.');
  if (stream.hasRevision()) return { stream: name, from: Number(stream.getRevision()) };
  return { stream: name, from: stream.hasEnd() ? 'end' : 'start' };
};

const filterOf = (options: Options): Pick<ReadRequest, 'filter' | 'checkpointInterval'> => {
  const filter = options.getFilter();
  if (filter === undefined) return { filter: null, checkpointInterval: Infinity };
  const window = filter.hasMax() ? filter.getMax() : DEFAULT_WINDOW;
  const checkpointInterval = window * filter.getCheckpointintervalmultiplier();
  if (options.hasSubscription() && checkpointInterval <= 0) {
    throw new InvalidRead('The search window and the checkpoint interval must be greater than 0.');
  }
  const stream = filter.getStreamIdentifier();
  const expression = stream ?? filter.getEventType();
  if (expression === undefined) throw new InvalidRead('The filter is empty.');
  const prefixes = expression.getPrefixList();
  const on = stream === undefined ? 'type' : 'stream';
  if (prefixes.length > 0) return { filter: { on, prefixes }, checkpointInterval };
  return { filter: { on, prefixes, regex: regexOf(expression.getRegex()) }, checkpointInterval };
};

const regexOf = (source: string): RegExp => {
  try {
    return new RegExp(source, 'u');
  } catch {
    throw new InvalidRead(`"${source}" is not a regular expression that this node understands.`);
  }
};
