/** What every command and every event has: a literal name. */
export interface Typed {
  readonly type: string;
}

/**
 * A decision maker without side effects. `decide` guards and returns the events that follow (`[]` when the fact already
 * holds) or throws a {@link DomainError}; `evolve` folds one event into the state, without checks and without throwing.
 */
export interface Decider<State, Command extends Typed, Event extends Typed> {
  /** First part of the stream name: `<category>-<id>`; contains no `-`. */
  readonly category: string;
  /** Every event type that this decider may write; the store refuses any other. */
  readonly events: readonly Event['type'][];
  readonly initialState: State;
  decide(this: void, command: Command, state: State): readonly Event[];
  evolve(this: void, state: State, event: Event): State;
}

export const streamOf = (category: string, id: string): string => `${category}-${id}`;

/** The id part of a stream name: everything after the first `-`. */
export const idOfStream = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
