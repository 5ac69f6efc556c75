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
