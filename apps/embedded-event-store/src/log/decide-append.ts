import { NO_STREAM, TOMBSTONE, type Expected } from './stored-event.js';

/** All that a decision looks at. */
export interface AppendSituation {
  /** Last revision of the stream, pending appends included. */
  readonly last: number;
  readonly softDeleted: boolean;
  readonly hasMetadata: boolean;
  readonly expected: Expected;
  readonly ids: readonly Buffer[];
  /** Revision under which the stream has recently received this id (best effort). */
  readonly recentRevision: (id: Buffer) => number | undefined;
  /** Id of the stream's event at a revision, from the log. */
  readonly idAt: (revision: number) => Buffer | undefined;
}

export type AppendDecision =
  | { readonly kind: 'write' }
  | { readonly kind: 'already-written'; readonly revision: number }
  | { readonly kind: 'wrong-expected-version' }
  | { readonly kind: 'stream-deleted' };

const WRITE: AppendDecision = { kind: 'write' };
const WRONG: AppendDecision = { kind: 'wrong-expected-version' };
const DELETED: AppendDecision = { kind: 'stream-deleted' };

/** The protocol's decision table, in the order in which the real server applies it. */
export const decideAppend = (situation: AppendSituation): AppendDecision => {
  const { last, expected } = situation;
  if (last === TOMBSTONE) return DELETED;
  if (expected === 'stream-exists') {
    if (situation.softDeleted) return DELETED;
    if (last === NO_STREAM && !situation.hasMetadata) return WRONG;
  }
  if (expected === 'any' || expected === 'stream-exists') return withoutRevision(situation);
  const revision = expected === 'no-stream' ? NO_STREAM : expected;
  if (revision > last) return WRONG;
  return revision === last ? WRITE : behind(situation, revision);
};

/** No revision to compare with: only what the node remembers tells a repeat from a new append. */
const withoutRevision = ({ ids, recentRevision }: AppendSituation): AppendDecision => {
  let revision = NO_STREAM;
  for (const [index, id] of ids.entries()) {
    const known = recentRevision(id);
    if (known === undefined) return index === 0 ? WRITE : WRONG;
    revision = known;
  }
  return ids.length === 0 ? WRITE : { kind: 'already-written', revision };
};

/** The stream went on: a repeat of what stands after the expected revision is a success, all else a conflict. */
const behind = (situation: AppendSituation, expected: number): AppendDecision => {
  const { ids, idAt, softDeleted } = situation;
  if (ids.length === 0) return WRONG;
  const different = ids.findIndex((id, index) => idAt(expected + 1 + index)?.equals(id) !== true);
  if (different === -1) return { kind: 'already-written', revision: expected + ids.length };
  return different === 0 && expected === NO_STREAM && softDeleted ? WRITE : WRONG;
};
