import type { ConnectionEvent } from './connection.events.js';
import type { LinkedConnection } from './connection.state.js';
import { contextOf } from './context.js';

/** How many days before its end a consent is warned about, each once. */
const WARNED_WITHIN_DAYS = [1, 7, 14, 30];
/** No consent that ends later than so many days from now is warned about. */
export const CONSENT_WARNED_FROM_DAYS = 30;
const DAY_MS = 86_400_000;

/** Providers move the end by seconds without meaning another consent: the day counts. */
const dayOf = (instant: string): string => instant.slice(0, 10);

/** The warning that is due now. After a time without looking it is the current one only: the ones missed are no help any more. */
export const warnOfConsent = (state: LinkedConnection, now: string): readonly ConnectionEvent[] => {
  const { consentExpiresAt: expiresAt, consentWarned: warned } = state;
  if (expiresAt === null) return [];
  const leftMs = Date.parse(expiresAt) - Date.parse(now);
  const withinDays = WARNED_WITHIN_DAYS.find((days) => leftMs <= days * DAY_MS);
  if (withinDays === undefined || leftMs <= 0) return [];
  if (warned && warned.day === dayOf(expiresAt) && warned.withinDays <= withinDays) return [];
  const daysLeft = (Date.parse(dayOf(expiresAt)) - Date.parse(dayOf(now))) / DAY_MS;
  const data = { ...contextOf(state), expiresAt, withinDays, daysLeft, warnedAt: now };
  return [{ type: 'ConsentExpiring', data }];
};

export const consentWarnedBy = ({
  expiresAt,
  withinDays,
}: {
  readonly expiresAt: string;
  readonly withinDays: number;
}): { readonly day: string; readonly withinDays: number } => ({ day: dayOf(expiresAt), withinDays });
