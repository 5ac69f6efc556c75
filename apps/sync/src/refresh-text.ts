import type { SyncRefreshView } from '#contracts';
import type { RefreshReport } from '#domain';

const reasonOf = (code: string): string => {
  switch (code) {
    case 'refresh.too-soon':
      return 'it was asked for a moment ago already';
    case 'refresh.bank-not-ready':
      return 'it cannot reach the bank at the moment, and tries again by itself';
    case 'powens.too-many-syncs':
    case 'powens.conflict':
      return 'it looked a moment ago, or is at it';
    case 'powens.rate-limited':
    case 'powens.budget-spent':
      return 'it takes no more calls at the moment';
    default:
      return `it answered ${code}`;
  }
};

const textOf = ({ outcome, code, nextAllowedAt }: RefreshReport): string => {
  if (outcome === 'asked') return 'The provider was asked to look at the bank first.';
  const next = nextAllowedAt === null ? 'Ask again later' : `Ask again after ${nextAllowedAt}`;
  return `The provider did not look at the bank anew (${reasonOf(code ?? 'nothing')}); what it had was read. ${next} if something is missing.`;
};

/** What came of a refresh, in words with a next step. */
export const refreshViewOf = (refresh: RefreshReport): SyncRefreshView => ({
  outcome: refresh.outcome,
  code: refresh.code,
  message: textOf(refresh),
});
