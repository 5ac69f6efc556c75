import { describe, expect, it } from 'vitest';
import { type Decider, DomainError } from '#kernel';
import { given } from './given.js';

type Event = { readonly type: 'Opened' | 'Unlisted'; readonly data: { readonly at: unknown } };
type Command = { readonly type: 'Open' | 'Stray' | 'Date' | 'Crash' };

const opened: Event = { type: 'Opened', data: { at: 'noon' } };

const door: Decider<'shut' | 'open' | 'broken', Command, Event> = {
  category: 'door',
  events: ['Opened'],
  initialState: 'shut',
  decide: ({ type }, state) => {
    if (type === 'Crash') throw new TypeError('a bug');
    if (type === 'Stray') return [{ type: 'Unlisted', data: { at: 'noon' } }];
    if (type === 'Date') return [{ type: 'Opened', data: { at: new Date(0) } }];
    if (state === 'broken') throw new DomainError('request.refused', 'Call somebody.');
    return state === 'open' ? [] : [opened];
  },
  evolve: (state) => (state === 'shut' ? 'open' : 'broken'),
};

describe('given, when, then', () => {
  it('agrees with what happened', () => {
    given(door).when({ type: 'Open' }).thenEvents(opened);
    given(door, opened).when({ type: 'Open' }).thenNothing();
    given(door, opened, opened).when({ type: 'Open' }).thenRejected('request.refused');
  });

  it('disagrees with everything else', () => {
    const [first, second, third] = [[], [opened], [opened, opened]].map((history) =>
      given(door, ...history).when({ type: 'Open' }),
    );
    expect(() => first?.thenNothing()).toThrow();
    expect(() => first?.thenEvents(opened, opened)).toThrow();
    expect(() => first?.thenRejected('request.refused')).toThrow('expected request.refused');
    expect(() => second?.thenEvents(opened)).toThrow();
    expect(() => second?.thenRejected('request.refused')).toThrow('expected request.refused');
    expect(() => third?.thenNothing()).toThrow('Call somebody.');
    expect(() => third?.thenRejected('door.jammed')).toThrow();
  });

  it('refuses an event that is not listed, and one that JSON would change', () => {
    expect(() =>
      given(door)
        .when({ type: 'Stray' })
        .thenEvents({ type: 'Unlisted', data: { at: 'noon' } }),
    ).toThrow();
    expect(() =>
      given(door)
        .when({ type: 'Date' })
        .thenEvents({ type: 'Opened', data: { at: new Date(0) } }),
    ).toThrow('events survive JSON');
  });

  it('lets a bug through as it is', () => {
    expect(() => given(door).when({ type: 'Crash' })).toThrow(TypeError);
  });
});
