import { describe, expect, it } from 'vitest';
import { decideAppend, type AppendSituation } from './decide-append.js';
import { NO_STREAM, TOMBSTONE, type Expected } from './stored-event.js';

const id = (n: number) => Buffer.alloc(16, n);
const ids = (...numbers: number[]) => numbers.map(id);

/** A stream whose event at revision r has the id r, of which the node remembers those from `rememberedFrom` on. */
const decide = (
  last: number,
  expected: Expected,
  appended: readonly Buffer[],
  more: Partial<AppendSituation> & { readonly rememberedFrom?: number } = {},
) => {
  const held = (one: Buffer) => {
    const revision = one[0] ?? 0;
    return revision <= last ? revision : undefined;
  };
  return decideAppend({
    last,
    softDeleted: false,
    hasMetadata: false,
    expected,
    ids: appended,
    recentRevision: (one) => {
      const revision = held(one);
      return revision !== undefined && revision >= (more.rememberedFrom ?? 0) ? revision : undefined;
    },
    idAt: (revision) => (revision <= last ? id(revision) : undefined),
    ...more,
  });
};

const WRITE = { kind: 'write' };
const WRONG = { kind: 'wrong-expected-version' };
const DELETED = { kind: 'stream-deleted' };
const already = (revision: number) => ({ kind: 'already-written', revision });

describe('the decision about an append', () => {
  it.each<Expected>(['any', 'no-stream', 'stream-exists', 0, 9])(
    'refuses a tombstoned stream (%s)',
    (expected) => {
      expect(decide(TOMBSTONE, expected, ids(50))).toEqual(DELETED);
    },
  );

  it.each<[Expected, object]>([
    ['any', WRITE],
    ['no-stream', WRITE],
    ['stream-exists', WRONG],
    [0, WRONG],
    [4, WRONG],
  ])('to a new stream that expects %s is %o', (expected, decision) => {
    expect(decide(NO_STREAM, expected, ids(50))).toEqual(decision);
  });

  it('takes metadata alone for a stream that exists', () => {
    expect(decide(NO_STREAM, 'stream-exists', ids(50), { hasMetadata: true })).toEqual(WRITE);
  });

  it.each<[Expected, readonly Buffer[], object]>([
    [5, ids(50), WRITE],
    [6, ids(50), WRONG],
    [4, ids(50), WRONG],
    [4, ids(5), already(5)],
    [3, ids(4), already(4)],
    [3, ids(4, 5), already(5)],
    [3, ids(4, 5, 6), WRONG],
    [3, ids(4, 50), WRONG],
    [3, ids(5), WRONG],
    [3, [], WRONG],
    [5, [], WRITE],
    ['no-stream', ids(0, 1), already(1)],
    ['no-stream', ids(1), WRONG],
    ['no-stream', [], WRONG],
    ['any', ids(50), WRITE],
    ['any', [], WRITE],
    ['any', ids(2, 3), already(3)],
    ['any', ids(2, 50), WRONG],
    ['any', ids(50, 2), WRITE],
    ['stream-exists', ids(5), already(5)],
    ['stream-exists', ids(50), WRITE],
  ])('at revision 5, expecting %s', (expected, appended, decision) => {
    expect(decide(5, expected, appended)).toEqual(decision);
  });

  it('writes again what it has forgotten when no revision is expected, but never when one is', () => {
    const forgotten = { rememberedFrom: 4 };
    expect(decide(5, 'any', ids(2), forgotten)).toEqual(WRITE);
    expect(decide(5, 1, ids(2), forgotten)).toEqual(already(2));
  });

  it.each<[Expected, object]>([
    ['any', WRITE],
    ['no-stream', WRITE],
    [5, WRITE],
    [4, WRONG],
    ['stream-exists', DELETED],
  ])('to a soft-deleted stream that expects %s is %o', (expected, decision) => {
    expect(decide(5, expected, ids(50), { softDeleted: true })).toEqual(decision);
  });
});
