import type { ConnectionEvent } from './connection.events.js';
import type { LinkedConnection } from './connection.state.js';
import { contextOf } from './context.js';

/** The provider says that all is well, and has brought nothing from the bank for unusually long. */
export const PROVIDER_SILENT = 'provider.silent';

/** Weekends and holidays are no silence. */
export const LEAST_SILENCE_MS = 3 * 86_400_000;
/** So many times its usual pause: a connection that is refreshed once a week may be late. */
const USUAL_PAUSES = 2;

const medianOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

/** How long a pause may be, by the rhythm that `instants` (ascending) show. */
const longestPauseMs = (instants: readonly number[]): number => {
  const pauses = instants.slice(1).map((instant, index) => instant - (instants[index] ?? instant));
  return Math.max(LEAST_SILENCE_MS, USUAL_PAUSES * medianOf(pauses));
};

const instantsOf = (refreshes: readonly string[]): readonly number[] =>
  refreshes.map((refresh) => Date.parse(refresh)).toSorted((a, b) => a - b);

/**
 * Since when the connection is silent, measured against its own rhythm; `null`: it is not. `lookedAt`: when we last asked the
 * provider, so that a time in which we did not look is no silence.
 */
export const silentSince = (refreshes: readonly string[], lookedAt: string): string | null => {
  const instants = instantsOf(refreshes);
  const last = instants.at(-1);
  if (last === undefined) return null;
  return Date.parse(lookedAt) - last > longestPauseMs(instants) ? new Date(last).toISOString() : null;
};

/**
 * Whether one account is far behind its connection, by the same rule: it was left out of refreshes that brought the others.
 * `refreshes`: of the connection, `refreshedAt` its last one.
 */
export const isFarBehind = (
  accountRefreshedAt: string,
  refreshedAt: string,
  refreshes: readonly string[],
): boolean =>
  Date.parse(refreshedAt) - Date.parse(accountRefreshedAt) > longestPauseMs(instantsOf(refreshes));

export const noticeSilence = (
  { refreshedAt, now }: { readonly refreshedAt: string; readonly now: string },
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  if (state.problem !== null || state.waiting) return [];
  const context = contextOf(state);
  return [
    { type: 'SilenceNoticed', data: { ...context, refreshedAt, noticedAt: now } },
    {
      type: 'UserActionRequired',
      data: { ...context, code: PROVIDER_SILENT, owner: 'provider', observedAt: now },
    },
  ];
};
