import {
  type Direction,
  END,
  type KurrentDBClient,
  type ReadRevision,
  type ResolvedEvent,
  START,
  StreamNotFoundError,
  streamNameFilter,
} from '@kurrent/kurrentdb-client';
import type { AllRead, StreamRead } from './kurrent-read-request.js';

/** Small enough that an abandoned page does not fill the flow-control window of the client's bridge. */
const PAGE = 100;

async function* streamPages(client: KurrentDBClient, read: StreamRead): AsyncGenerator<ResolvedEvent> {
  const direction: Direction = read.direction;
  let from: ReadRevision = read.from === 'start' ? START : read.from === 'end' ? END : read.from;
  for (let left = read.maxCount ?? Infinity; left > 0;) {
    const maxCount = Math.min(PAGE, left);
    const page: ResolvedEvent[] = [];
    // Drained before anything is handed on: a call that is left early is never released.
    for await (const event of client.readStream(read.stream, { direction, fromRevision: from, maxCount })) {
      page.push(event);
    }
    yield* page;
    const last = page.at(-1)?.event?.revision;
    if (page.length < maxCount || last === undefined || (direction === 'backwards' && last === 0n)) return;
    left -= page.length;
    from = direction === 'forwards' ? last + 1n : last - 1n;
  }
}

async function* allPage(client: KurrentDBClient, read: AllRead): AsyncGenerator<ResolvedEvent> {
  const { direction, maxCount, streamPrefixes } = read;
  const fromPosition =
    read.from === 'start' ? START : read.from === 'end' ? END : { commit: read.from, prepare: read.from };
  const filter = streamPrefixes && streamNameFilter({ prefixes: [...streamPrefixes] });
  const page: ResolvedEvent[] = [];
  for await (const event of client.readAll({ direction, maxCount, fromPosition, filter })) page.push(event);
  yield* page;
}

/**
 * Reads with the public calls of the client alone: slower, in bounded pages that are always drained, and with times cut
 * to whole seconds, as the client's bridge 0.2.2 delivers them.
 */
export async function* pagedRead(
  client: KurrentDBClient,
  read: StreamRead | AllRead,
): AsyncGenerator<ResolvedEvent> {
  try {
    if ('stream' in read) yield* streamPages(client, read);
    else yield* allPage(client, read);
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
}
