import { type Decider, type EventMetadata, type RecordedEvent, streamOf, type Typed } from '#kernel';
import { backoffMs, pause } from './backoff.js';
import { type EventStore, WrongExpectedRevision, type WrittenEvent } from './event-store.js';
import {
  type DomainEvent,
  fold,
  foldAll,
  type FoldDeps,
  foldOn,
  type Folded,
  keep,
  savedUpTo,
} from './fold.js';

export interface RunDeciderDeps extends FoldDeps {
  readonly store: Pick<EventStore, 'readStream' | 'append'>;
}

export interface Decided<State> extends Folded<State> {
  /** What this command wrote, now or in an earlier try of its own; empty when the fact already held. */
  readonly events: readonly WrittenEvent[];
}

const TRIES = 20;
const RETRY = { firstMs: 2, maxMs: 50 };

const refuseUnlisted = (
  decider: Pick<Decider<unknown, Typed, Typed>, 'category' | 'events'>,
  events: readonly Typed[],
): void => {
  const known: readonly string[] = decider.events;
  const unlisted = events.find(({ type }) => !known.includes(type));
  if (unlisted)
    throw new Error(`The decider "${decider.category}" does not list the event ${unlisted.type}.`);
};

/** A state to decide on. */
interface Seen<State> {
  readonly folded: Folded<State>;
  /** It may be out of date: only an append that succeeds shows that it was not. */
  readonly isRecalled: boolean;
  /** Revision of the last snapshot that was saved. */
  readonly saved: bigint | null;
}

const recalled = <State>({ snapshots }: FoldDeps, stream: string): Seen<State> | undefined => {
  const snapshot = snapshots?.recall?.(stream);
  if (!snapshot) return undefined;
  const { revision, state } = snapshot;
  const folded = { state: state as State, revision, position: null };
  return { folded, isRecalled: true, saved: savedUpTo(snapshot) };
};

const read = async <State, Command extends Typed, Event extends DomainEvent>(
  deps: FoldDeps,
  decider: Decider<State, Command, Event>,
  id: string,
): Promise<Seen<State>> => {
  const folded = await fold(deps, decider, id);
  // What was due was saved just now: the next time is as far away as it can be.
  return { folded, isRecalled: false, saved: folded.revision };
};

/** Looks at what others wrote since, and at whether this very command is already part of it. */
const afterConflict = async <State, Command extends Typed, Event extends DomainEvent>(
  deps: RunDeciderDeps,
  decider: Decider<State, Command, Event>,
  id: string,
  before: Folded<State>,
  commandId: string,
): Promise<Decided<State>> => {
  const own: RecordedEvent[] = [];
  const now = await foldOn(deps, decider, id, before, (event) => {
    if (event.metadata.commandId === commandId) own.push(event);
  });
  // A conflict without news: what we folded is not this stream's past, so the snapshot was wrong.
  const moved = now && now.revision !== before.revision;
  const folded = moved ? now : await foldAll(deps, decider, id);
  return { ...folded, events: own };
};

/** `undefined`: what was recalled led to nothing or to a refusal, which may be because it is out of date. */
const decided = <State, Command extends Typed, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  command: Command,
  { folded, isRecalled }: Seen<State>,
): readonly Event[] | undefined => {
  try {
    const events = decider.decide(command, folded.state);
    return isRecalled && events.length === 0 ? undefined : events;
  } catch (error) {
    if (isRecalled) return undefined;
    throw error;
  }
};

/**
 * Folds `<category>-<id>`, lets the decider decide on `command` and appends what it decided at exactly the revision it
 * saw. A state that this process remembers is decided on without asking the log: the append finds out whether it was the newest,
 * and what leads to no append is decided again on what the log says. Only a {@link WrongExpectedRevision} is tried again, with the state as it is then. When nothing is written, the
 * position is that of the stream's last event, so that a reader can still wait for what the answer rests on.
 * @throws {DomainError} of the decider
 * @throws {WrongExpectedRevision} when others were faster twenty times
 * @throws {EventStoreUnavailable}
 */
export const runDecider = async <State, Command extends Typed, Event extends DomainEvent>(
  deps: RunDeciderDeps,
  decider: Decider<State, Command, Event>,
  id: string,
  command: Command,
  { metadata }: { readonly metadata: EventMetadata },
): Promise<Decided<State>> => {
  const stream = streamOf(decider.category, id);
  let seen = recalled<State>(deps, stream) ?? (await read(deps, decider, id));
  for (let attempt = 1; ; attempt++) {
    const events = decided(decider, command, seen);
    if (events === undefined) {
      seen = await read(deps, decider, id);
      continue;
    }
    const { folded } = seen;
    if (events.length === 0) return { ...folded, events: [] };
    refuseUnlisted(decider, events);
    try {
      const news = events.map(({ type, data }) => ({ type, data, metadata }));
      const written = await deps.store.append(stream, folded.revision ?? 'no-stream', news);
      const { revision, position } = written;
      const state = events.reduce((state, event) => decider.evolve(state, event), folded.state);
      await keep(deps, stream, { state, revision }, seen.saved);
      return { state, events: written.events, revision, position };
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || attempt === TRIES) throw error;
      const { events: own, ...now } = await afterConflict(deps, decider, id, folded, metadata.commandId);
      if (own.length > 0) return { ...now, events: own };
      seen = { folded: now, isRecalled: false, saved: seen.saved };
      await pause(backoffMs(attempt, RETRY));
    }
  }
};
