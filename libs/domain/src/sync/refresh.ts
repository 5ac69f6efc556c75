import { later } from '#kernel';
import { isToCome } from './pacing.js';
import type { OpenRun, SyncState } from './sync.state.js';

/** A person who asked longer ago than this is not taken to be there any more: providers forbid pretending it. */
const PRESENCE_MS = 300_000;
/** After a wish that was granted or refused without a time, the next one waits so long. */
const PAUSE_MS = 900_000;
/** A provider that is silent for unusually long is nudged so often, though nobody waits. */
const NUDGE_EVERY_MS = 86_400_000;

/** What the provider shows of a connection, as far as a refresh depends on it. */
export interface RefreshFacts {
  readonly isHealthy: boolean;
  /** The provider cannot reach the bank now, and tries again by itself. */
  readonly isBusy: boolean;
  readonly nextTryAt: string | null;
  /** Its last look at the bank; `null`: it has not finished its first. */
  readonly refreshedAt: string | null;
  /** Healthy by its word, and nothing newer from the bank for unusually long. */
  readonly isSilent: boolean;
}

export type RefreshWish =
  | { readonly kind: 'none' }
  | { readonly kind: 'ask'; readonly attended: boolean }
  /** Not even asked. */
  | { readonly kind: 'refused'; readonly code: string; readonly nextAllowedAt: string | null };

const NONE: RefreshWish = { kind: 'none' };

const age = (instant: string, now: string): number => Date.parse(now) - Date.parse(instant);

/** Whether a person waits for the run at `now`. */
export const isAttended = ({ attendedAt }: Pick<OpenRun, 'attendedAt'>, now: string): boolean =>
  attendedAt !== undefined && age(attendedAt, now) <= PRESENCE_MS;

/** Before this another refresh would be refused, by what the last one was told. */
export const refreshAllowedAt = (last: {
  readonly decidedAt: string;
  readonly nextAllowedAt: string | null;
}): string => last.nextAllowedAt ?? later(last.decidedAt, PAUSE_MS);

/**
 * Whether the provider is asked to look at the bank before we read: for a person who waits, when what it has is older than
 * `afterMs` (0: never); for nobody else, except that one that fell silent is nudged once a day. Never while the connection
 * has a problem: a refresh cures none, and could ask its holder for a code. Decided once for a run.
 */
export const refreshWish = (
  run: Pick<OpenRun, 'attendedAt' | 'refresh'>,
  last: SyncState['lastRefresh'],
  facts: RefreshFacts,
  { afterMs, now }: { readonly afterMs: number; readonly now: string },
): RefreshWish => {
  const { refreshedAt } = facts;
  if (run.refresh || afterMs <= 0 || refreshedAt === null || age(refreshedAt, now) < afterMs) return NONE;
  if (!isAttended(run, now)) {
    const isDue = !last || age(last.decidedAt, now) >= NUDGE_EVERY_MS;
    return facts.isHealthy && facts.isSilent && isDue ? { kind: 'ask', attended: false } : NONE;
  }
  if (facts.isBusy)
    return { kind: 'refused', code: 'refresh.bank-not-ready', nextAllowedAt: facts.nextTryAt };
  if (!facts.isHealthy) return NONE;
  const allowedAt = last ? refreshAllowedAt(last) : null;
  return isToCome(allowedAt, now)
    ? { kind: 'refused', code: 'refresh.too-soon', nextAllowedAt: allowedAt }
    : { kind: 'ask', attended: true };
};
