import type { KnownAccount } from '#domain';

/** What a worker learns while it carries out one attempt; ends up in the run's report, however it ends. */
export interface RunProgress {
  readonly calls: { count: number };
  pages: number;
  windowFrom: string | null;
  windowTo: string | null;
  accounts: readonly KnownAccount[];
  refreshedAt: string | null;
  cursorAfter: string | null;
  /** Why the run can be no more than partial. */
  readonly reasons: Set<string>;
}

export const newProgress = (): RunProgress => ({
  calls: { count: 0 },
  pages: 0,
  windowFrom: null,
  windowTo: null,
  accounts: [],
  refreshedAt: null,
  cursorAfter: null,
  reasons: new Set(),
});
