import type { OpenRun } from '#domain';
import { later } from '#kernel';
import { ProviderError } from '#providers';
import { v7 } from 'uuid';
import { BankLeftAlone } from './watched-bank.js';

const FIRST_MS = 60_000;
const LONGEST_MS = 3_600_000;
/** Many are stopped at the same moment and for as long: they do not come back at the same. */
const SPREAD = 0.25;

/** Until when nothing that comes by itself may ask, by what stopped the run; `null`: that is not known. */
export const limitOf = (error: unknown, leftAloneUntil: string | null, now: string): string | null => {
  if (error instanceof BankLeftAlone) return error.until;
  if (leftAloneUntil !== null) return leftAloneUntil;
  const isTold = error instanceof ProviderError && error.kind === 'retry-after';
  const waitMs = isTold ? error.options.retryAfterMs : undefined;
  return waitMs === undefined ? null : later(now, waitMs);
};

/** The run that takes up one that was stopped: not before it may, and less and less often. */
export const followUpOf = (
  { followUp = 0 }: Pick<OpenRun, 'followUp'>,
  nextAllowedAt: string,
  now: string,
  random: () => number = Math.random,
): { readonly syncId: string; readonly notBefore: string } => {
  const usualMs = Math.min(FIRST_MS * 2 ** followUp, LONGEST_MS);
  const waitMs = Math.max(Date.parse(nextAllowedAt) - Date.parse(now), usualMs);
  return { syncId: v7(), notBefore: later(now, Math.round(waitMs + usualMs * SPREAD * random())) };
};
