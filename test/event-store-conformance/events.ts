import {
  jsonEvent,
  type AppendResult,
  type JSONEventData,
  type ResolvedEvent,
} from '@kurrent/kurrentdb-client';

/** `count` events with data `{n: from}`, `{n: from + 1}`, … */
export const events = (count: number, from = 0, type = 'Counted'): JSONEventData[] =>
  Array.from({ length: count }, (_, index) => jsonEvent({ type, data: { n: from + index } }));

export const collect = async <T>(read: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const one of read) all.push(one);
  return all;
};

/** The `n` of events made by {@link events}. */
export const numbers = (resolved: readonly ResolvedEvent[]): unknown[] =>
  resolved.map(({ event }) => (event?.data as { readonly n?: number } | undefined)?.n);

export const revisions = (resolved: readonly ResolvedEvent[]): unknown[] =>
  resolved.map(({ event }) => event?.revision);

export const positionOf = (result: AppendResult): { commit: bigint; prepare: bigint } => {
  if (result.position === undefined) throw new Error('The append has no position.');
  return result.position;
};
