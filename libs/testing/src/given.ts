import { expect } from 'vitest';
import { type Decider, DomainError, type Typed } from '#kernel';

/** What a decider answered to one command; exactly one of the three has to be asked for. */
export interface Decision<Event extends Typed> {
  /** Exactly these events, in this order; `expect.objectContaining` and its like may stand for parts of them. */
  thenEvents(...expected: readonly Event[]): void;
  /** The fact already held: no event. */
  thenNothing(): void;
  /** The rule with this code was broken. */
  thenRejected(code: string): void;
}

export interface GivenHistory<Command extends Typed, Event extends Typed> {
  when(command: Command): Decision<Event>;
}

type Answer<Event> = { readonly events: readonly Event[] } | { readonly rejection: DomainError };

const answerTo = <State, Command extends Typed, Event extends Typed>(
  { decide }: Decider<State, Command, Event>,
  command: Command,
  state: State,
): Answer<Event> => {
  try {
    return { events: decide(command, state) };
  } catch (error) {
    if (error instanceof DomainError) return { rejection: error };
    throw error;
  }
};

/** The state that these events leave behind. */
export const stateAfter = <State, Command extends Typed, Event extends Typed>(
  { initialState, evolve }: Decider<State, Command, Event>,
  ...events: readonly Event[]
): State => events.reduce((state, event) => evolve(state, event), initialState);

/**
 * A decider with a history, to be asked with one command:
 * `given(decider, ...events).when(command).thenEvents(…)`, `.thenNothing()` or `.thenRejected(code)`.
 * An event that the decider does not list, and one that cannot be kept as JSON, fail the test as well.
 */
export const given = <State, Command extends Typed, Event extends Typed>(
  decider: Decider<State, Command, Event>,
  ...history: readonly Event[]
): GivenHistory<Command, Event> => ({
  when: (command) => {
    const answer = answerTo(decider, command, stateAfter(decider, ...history));
    const events = (): readonly Event[] => {
      if ('rejection' in answer) throw answer.rejection;
      expect(decider.events).toEqual(expect.arrayContaining(answer.events.map(({ type }) => type)));
      expect(JSON.parse(JSON.stringify(answer.events)), 'events survive JSON').toEqual(answer.events);
      return answer.events;
    };
    return {
      thenEvents: (...expected) => expect(events()).toEqual(expected),
      thenNothing: () => expect(events()).toEqual([]),
      thenRejected: (code) => {
        if (!('rejection' in answer)) expect.fail(`expected ${code}, got ${JSON.stringify(answer.events)}`);
        expect(answer.rejection.code).toBe(code);
      },
    };
  },
});
