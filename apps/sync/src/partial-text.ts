import type { SyncReport } from '#domain';

type PartialReport = Pick<SyncReport, 'counts' | 'failures' | 'gaps'>;

const gap = ({ gaps = [] }: PartialReport): string => {
  const days = gaps.map(({ accountId, from, to }) => `account ${accountId}: ${from} to ${to}`);
  return `The provider no longer gives the history of some days that were not read before (${days.join('; ')}). Compare these days with the bank's own statement.`;
};

const unreadable = ({ counts, failures }: PartialReport): string => {
  const kinds = [...new Set(failures.map(({ reason, field }) => `${reason} in ${field}`))].toSorted();
  return `${counts.failed} row(s) could not be understood (${kinds.join(', ')}) and were left out; they are read again at each sync.`;
};

const textOf = (reason: string, report: PartialReport): string => {
  if (reason === 'rows.unreadable') return unreadable(report);
  if (reason.startsWith('fetch.')) {
    return 'The provider did not show all its pages; what was read is imported, the next sync reads the rest.';
  }
  if (reason === 'account.empty-answer') {
    return 'The provider showed an account without any transaction although it showed some before; nothing was removed. If the account is really empty, ask your operator; else the next sync reads it again.';
  }
  if (reason === 'history.gap') return gap(report);
  if (reason === 'provider.not-refreshed-yet') {
    return 'The provider has not finished its first look at the bank; the next sync reads what comes.';
  }
  const code = reason.slice('provider.'.length);
  return `The provider could not refresh its data from the bank (${code}); what it had is imported. Repair the link if it lasts.`;
};

/** Why a run is only partial, in words with a next step. */
export const partialText = (reasons: readonly string[], report: PartialReport): string =>
  reasons.map((reason) => textOf(reason, report)).join(' ');
