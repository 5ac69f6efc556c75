import { describe, expect, it } from 'vitest';
import { natsAddress } from './nats-address.js';

describe('natsAddress', () => {
  it.each([
    ['nats://127.0.0.1:4222', { servers: ['127.0.0.1:4222'] }],
    ['localhost', { servers: ['localhost'] }],
    ['nats://a:4222, nats://b:4223', { servers: ['a:4222', 'b:4223'] }],
    ['nats://ada:p%40ss@a:4222', { servers: ['a:4222'], user: 'ada', pass: 'p@ss' }],
    ['nats://t0ken@a:4222', { servers: ['a:4222'], token: 't0ken' }],
    ['tls://a:4222', { servers: ['a:4222'], tls: {} }],
    ['nats://[::1]:4222', { servers: ['[::1]:4222'] }],
  ])('reads %s', (url, expected) => {
    expect(natsAddress(url)).toEqual(expected);
  });

  it.each(['', 'http://a:4222', 'nats://', 'nats://user:hunter2@'])(
    'refuses %j without repeating it',
    (url) => {
      expect(() => natsAddress(url)).toThrow(TypeError);
      expect(() => natsAddress(url)).not.toThrow(/hunter2/);
    },
  );
});
