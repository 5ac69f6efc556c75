/** Revision under which a tombstone is stored; on the wire it is 2^63-1, which no double holds. */
export const TOMBSTONE = Number.MAX_SAFE_INTEGER;

/** Revision "before the first event": the stream has none. */
export const NO_STREAM = -1;

export interface ProposedEvent {
  readonly id: Buffer;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

export interface StoredEvent extends ProposedEvent {
  /** Place in the whole log: 1, 2, 3, … */
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** What the writer of an event expects of its stream: an exact last revision, or one of the protocol's words. */
export type Expected = number | 'no-stream' | 'any' | 'stream-exists';

/** `$$s` is the metadata stream of `s`. */
export const metadataStreamOf = (stream: string): string => `$$${stream}`;

/** The stream that a metadata stream describes, or null when the name is not a metadata stream's. */
export const describedStreamOf = (stream: string): string | null =>
  stream.startsWith('$$') ? stream.slice(2) : null;
