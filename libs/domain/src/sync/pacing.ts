import type { SyncTrigger } from './sync.events.js';
import type { SyncState } from './sync.state.js';

const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();

/** Whether an instant lies ahead of `now`; `null` never does. */
export const isToCome = (instant: string | null, now: string): boolean =>
  instant !== null && Date.parse(instant) > Date.parse(now);

/**
 * When a run of this trigger may start at the earliest: webhooks alone start runs no closer than the interval, counted
 * from the start of the last one that they started. `null`: at once.
 */
export const earliestStart = (
  trigger: SyncTrigger,
  state: SyncState,
  { webhookIntervalMs, now }: { readonly webhookIntervalMs: number; readonly now: string },
): string | null => {
  if (trigger !== 'webhook' || state.lastWebhookStart === null || webhookIntervalMs <= 0) return null;
  const earliest = later(state.lastWebhookStart, webhookIntervalMs);
  return isToCome(earliest, now) ? earliest : null;
};

/** Until when the provider is left alone by what comes by itself; a person may always try. `null`: it need not be. */
export const heldUntil = (attended: boolean, limitedUntil: string | undefined, now: string): string | null =>
  !attended && limitedUntil !== undefined && isToCome(limitedUntil, now) ? limitedUntil : null;

/** The later of two instants, `null` being none. */
export const laterInstant = (a: string | null, b: string | null): string | null => {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
};
