import { Secret } from '#kernel';
import { describe, expect, it } from 'vitest';
import { Callers } from './callers.js';

const callers = new Callers(new Secret('admin-key'), [
  { tenantId: 'a', key: new Secret('key-of-a') },
  { tenantId: 'b', key: new Secret('key-of-b') },
]);

describe('the caller behind a key', () => {
  it.each([
    ['admin-key', { name: 'admin', scope: null }],
    ['key-of-a', { name: 'tenant:a', scope: 'a' }],
    ['key-of-b', { name: 'tenant:b', scope: 'b' }],
  ])('is the one that the key belongs to: %s', (key, caller) => expect(callers.find(key)).toEqual(caller));

  it.each(['', 'admin-ke', 'admin-keyy', 'ADMIN-KEY', 'key-of-c'])('is nobody for %j', (key) =>
    expect(callers.find(key)).toBeUndefined(),
  );
});
