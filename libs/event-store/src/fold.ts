import { type Decider, type RecordedEvent, streamOf, type Typed } from '#kernel';
import type { EventStore } from './event-store.js';

/** An event as a decider sees it: the stored name and the stored data. */
export interface DomainEvent extends Typed {
  readonly data: object;
}

/**
 * A disposable cache of folded states (plain JSON). It belongs to one version of the folds and to one log: whoever makes
 * it puts both into its version, so that a changed fold or another log finds nothing.
 */
export interface SnapshotCache {
  load(stream: string): Promise<Snapshot | null>;
  save(stream: string, revision: bigint, state: unknown): Promise<void>;
  /** The newest state that this process has seen, where it keeps such; whoever decides on it must find out whether it is still the newest. */
  recall?(stream: string): Snapshot | null;
  /** Takes a state that is not worth saving yet. */
  remember?(stream: string, snapshot: Snapshot): void;
}

export interface Snapshot {
  readonly revision: bigint;
  readonly state: unknown;
  /** Up to which revision the cache outlives this process; left out: up to this one. */
  readonly saved?: bigint | null;
}

/** Turns the data of an event type that is no longer written into an event that the decider knows. */
export type Upcasters = Readonly<Record<string, (data: unknown) => DomainEvent>>;

export interface FoldDeps {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly snapshots?: SnapshotCache;
  readonly upcasters?: Upcasters;
}

export interface Folded<State> {
  readonly state: State;
  /** `null`: the stream does not exist. */
  readonly revision: bigint | null;
  /** Log position of the stream's last event. */
  readonly position: bigint | null;
}

/** A snapshot is written once a fold had to read so many events beyond the last one. */
const SNAPSHOT_EVERY = 20n;

const domainEvent = <Event extends DomainEvent>(
  decider: Pick<Decider<unknown, Typed, Event>, 'category' | 'events'>,
  recorded: RecordedEvent,
  upcasters: Upcasters = {},
): Event => {
  const upcast = upcasters[recorded.type];
  const { type, data } = upcast ? upcast(recorded.data) : recorded;
  if (!decider.events.includes(type)) {
    throw new Error(
      `Event ${recorded.revision} of ${recorded.stream} has the type ${recorded.type}, which the decider ` +
        `"${decider.category}" does not know: add it, or an upcaster for it.`,
    );
  }
  return { type, data } as Event;
};

/**
 * Folds what follows on `from`, whose own last event is read again: it tells its position, and its absence shows that
 * `from` is not of this stream.
 * @param seen told of every event beyond `from`
 * @returns `undefined` when the stream does not have the revision of `from`
 */
export const foldOn = async <State, Command extends Typed, Event extends DomainEvent>(
  { store, upcasters }: FoldDeps,
  decider: Decider<State, Command, Event>,
  id: string,
  from: Omit<Folded<State>, 'position'>,
  seen: (event: RecordedEvent) => void = () => undefined,
): Promise<Folded<State> | undefined> => {
  let { state, revision } = from;
  let position: bigint | null = null;
  for await (const event of store.readStream(streamOf(decider.category, id), { from: revision ?? 0n })) {
    if (event.revision !== from.revision) {
      state = decider.evolve(state, domainEvent(decider, event, upcasters));
      seen(event);
    }
    ({ revision, position } = event);
  }
  return from.revision !== null && position === null ? undefined : { state, revision, position };
};

/** The state of one stream, from its snapshot where there is a usable one. */
export const fold = async <State, Command extends Typed, Event extends DomainEvent>(
  deps: FoldDeps,
  decider: Decider<State, Command, Event>,
  id: string,
): Promise<Folded<State>> => {
  const snapshot = await deps.snapshots?.load(streamOf(decider.category, id));
  const fromSnapshot =
    snapshot &&
    (await foldOn(deps, decider, id, { state: snapshot.state as State, revision: snapshot.revision }));
  const folded = fromSnapshot ?? (await foldAll(deps, decider, id));
  await keep(deps, streamOf(decider.category, id), folded, fromSnapshot ? savedUpTo(snapshot) : null);
  return folded;
};

/** Up to which revision a snapshot need not be saved again. */
export const savedUpTo = ({ revision, saved = revision }: Snapshot): bigint | null => saved;

/** The state of one stream, from its first event. */
export const foldAll = async <State, Command extends Typed, Event extends DomainEvent>(
  deps: FoldDeps,
  decider: Decider<State, Command, Event>,
  id: string,
): Promise<Folded<State>> => {
  const none = { state: decider.initialState, revision: null };
  return (await foldOn(deps, decider, id, none)) ?? { ...none, position: null };
};

/** Saves the state where that is due: `saved` is the revision of what was saved last. */
export const keep = async (
  { snapshots }: FoldDeps,
  stream: string,
  { state, revision }: Omit<Folded<unknown>, 'position'>,
  saved: bigint | null,
): Promise<void> => {
  if (revision === null) return;
  if (revision - (saved ?? -1n) < SNAPSHOT_EVERY) snapshots?.remember?.(stream, { revision, state, saved });
  else await snapshots?.save(stream, revision, state);
};
