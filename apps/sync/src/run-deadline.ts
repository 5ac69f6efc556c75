import type { ProblemCode } from '#contracts';
import type { RunProblem } from '#domain';

/** What history says of a run that took longer than it may. */
export const timedOut = (deadlineMs: number): RunProblem & { readonly code: ProblemCode } => ({
  code: 'sync.timed-out',
  accountId: null,
  rowKey: null,
  count: 1,
  parameters: { minutes: String(Math.round(deadlineMs / 60_000)) },
});

/** How long ago a run that is at it `since` then should have ended, in milliseconds; negative: how long it still has. */
export const overdueBy = (
  { since, now }: { readonly since: string; readonly now: string },
  deadlineMs: number,
): number => Date.parse(now) - Date.parse(since) - deadlineMs;
