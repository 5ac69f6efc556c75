import { later } from '#kernel';
import type { SyncTrigger } from './sync.events.js';
import type { SyncState } from './sync.state.js';

/** Whether an instant lies ahead of `now`; `null` never does. */
export const isToCome = (instant: string | null, now: string): boolean =>
  instant !== null && Date.parse(instant) > Date.parse(now);

/** The later of two instants, `null` being none. */
export const laterInstant = (a: string | null, b: string | null): string | null => {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
};

export interface WebhookPacing {
  readonly webhookIntervalMs: number;
  readonly webhookNotBefore?: string | null;
  readonly now: string;
}

/**
 * When a run of this trigger may start at the earliest: webhooks alone start runs no closer than the interval, counted
 * from the start of the last one that they started, and where many are asked for at once not all at once. `null`: at once.
 */
export const earliestStart = (
  trigger: SyncTrigger,
  { lastWebhookStart }: SyncState,
  { webhookIntervalMs, webhookNotBefore = null, now }: WebhookPacing,
): string | null => {
  if (trigger !== 'webhook' || webhookIntervalMs <= 0) return null;
  const spaced = lastWebhookStart === null ? null : later(lastWebhookStart, webhookIntervalMs);
  const earliest = laterInstant(spaced, webhookNotBefore);
  return isToCome(earliest, now) ? earliest : null;
};

/** Until when the provider is left alone by what comes by itself; a person may always try. `null`: it need not be. */
export const heldUntil = (attended: boolean, limitedUntil: string | undefined, now: string): string | null =>
  !attended && limitedUntil !== undefined && isToCome(limitedUntil, now) ? limitedUntil : null;
