const WINDOW_MS = 60_000;

/** One call to a provider, for which leave is asked. */
export interface CallRequest {
  /** Host of the provider's domain, which the limit is for. */
  readonly domain: string;
  /** The provider's connection that the call is about; `null`: none in particular. */
  readonly connection: string | null;
  /** A person waits for the answer. */
  readonly attended: boolean;
}

/**
 * How many calls a provider's domain may still get, counted over all processes that share it. Resolves to 0 when the call
 * may be made now, and has then counted it; else to the milliseconds after which it is worth asking again.
 */
export abstract class CallBudget {
  abstract take(request: CallRequest): Promise<number>;
}

/** When a call was made (milliseconds since 1970), and what it was about. */
export type MadeCall = readonly [atMs: number, connection: string | null];

/** So many calls of a minute are kept for people who wait. */
const reserveOf = (perMinute: number): number => Math.min(Math.ceil(perMinute / 5), perMinute - 1);

/** One connection alone, however much it has to fetch, leaves something to the others. */
const shareOf = (unattended: number): number => Math.max(1, Math.floor((unattended * 2) / 3));

/** How long until fewer than `allowed` of the calls lie within the last minute. */
const waitFor = (calls: readonly MadeCall[], allowed: number, nowMs: number): number => {
  const [atMs] = calls[calls.length - allowed] ?? [];
  return atMs === undefined ? 0 : Math.max(1, atMs + WINDOW_MS - nowMs);
};

/**
 * Whether a call may be made now: no minute, wherever it begins, has more than `perMinute` of them. (A bucket that fills
 * again while it is emptied lets nearly twice as many through.) `calls` are the earlier ones, the oldest first; what is
 * returned takes their place.
 */
export const decideCall = (
  calls: readonly MadeCall[],
  { connection, attended }: Pick<CallRequest, 'connection' | 'attended'>,
  perMinute: number,
  nowMs: number,
): { readonly waitMs: number; readonly calls: readonly MadeCall[] } => {
  const recent = calls.filter(([atMs]) => atMs > nowMs - WINDOW_MS);
  const allowed = attended ? perMinute : perMinute - reserveOf(perMinute);
  const own = recent.filter((call) => connection !== null && call[1] === connection);
  const waitMs = Math.max(
    waitFor(recent, allowed, nowMs),
    attended ? 0 : waitFor(own, shareOf(allowed), nowMs),
  );
  return { waitMs, calls: waitMs === 0 ? [...recent, [nowMs, connection]] : recent };
};
