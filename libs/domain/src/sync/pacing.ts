import { later } from '#kernel';
import type { LeftAlone, SyncTrigger } from './sync.events.js';
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

/** Whom a limit may not hold: a person may always try, and so may what the provider's own word set off. */
export interface Asking {
  readonly attended: boolean;
  readonly told?: true;
}

/** Until when, and because of which bank; `undefined`: nothing is limited. */
export interface Limit {
  readonly nextAllowedAt?: string;
  readonly leftAlone?: LeftAlone;
}

/** Whether the provider says that it could reach the bank that is left alone because it could not. */
export const isToldWell = ({ told }: Pick<Asking, 'told'>, { leftAlone }: Limit): boolean =>
  told === true && leftAlone?.untilTold === true;

/** Until when the provider is left alone by what comes by itself. `null`: it need not be. */
export const heldUntil = (asking: Asking, limit: Limit, now: string): string | null => {
  const { nextAllowedAt } = limit;
  if (nextAllowedAt === undefined || asking.attended || isToldWell(asking, limit)) return null;
  return isToCome(nextAllowedAt, now) ? nextAllowedAt : null;
};
