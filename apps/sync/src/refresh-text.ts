import { refreshText, type SyncRefreshView } from '#contracts';
import type { RefreshReport } from '#domain';

/** What came of a refresh, in words with a next step. */
export const refreshViewOf = ({ outcome, code, nextAllowedAt }: RefreshReport): SyncRefreshView => ({
  outcome,
  code,
  message: refreshText({ outcome, code, nextAllowedAt }, 'en'),
});
