import { type Decider, type EventMetadata, type RecordedEvent, streamOf, type Typed } from '#kernel';
import { backoffMs, pause } from './backoff.js';
import { type EventStore, WrongExpectedRevision, type WrittenEvent } from './event-store.js';
import { type DomainEvent, fold, foldAll, type FoldDeps, foldOn, type Folded } from './fold.js';

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

/**
 * Folds `<category>-<id>`, lets the decider decide on `command` and appends what it decided at exactly the revision it
 * saw. Only a {@link WrongExpectedRevision} is tried again, with the state as it is then. When nothing is written, the
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
  let seen = await fold(deps, decider, id);
  for (let attempt = 1; ; attempt++) {
    const events = decider.decide(command, seen.state);
    if (events.length === 0) return { ...seen, events: [] };
    refuseUnlisted(decider, events);
    try {
      const news = events.map(({ type, data }) => ({ type, data, metadata }));
      const written = await deps.store.append(stream, seen.revision ?? 'no-stream', news);
      const state = events.reduce((state, event) => decider.evolve(state, event), seen.state);
      return { state, events: written.events, revision: written.revision, position: written.position };
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || attempt === TRIES) throw error;
      const { events: own, ...now } = await afterConflict(deps, decider, id, seen, metadata.commandId);
      if (own.length > 0) return { ...now, events: own };
      seen = now;
      await pause(backoffMs(attempt, RETRY));
    }
  }
};
