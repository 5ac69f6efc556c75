import {
  candidatesFor, followedAccounts, type KnownAccount, type LinkedConnection, NOT_REFRESHED_YET, PROVIDER_SILENT,
} from '#domain'; // prettier-ignore
import type { ConnectionSnapshot } from '#providers';
import { noteProblem, type RunProgress } from './run-progress.js';

/**
 * A success needs evidence: notes what speaks against one. Accounts that cannot be read are told one by one, and a link that
 * is silent for unusually long is not taken at its word that all is well.
 */
export const judgeEvidence = (
  progress: Pick<RunProgress, 'problems'>,
  { refreshedAt, health }: ConnectionSnapshot,
  observed: LinkedConnection,
  shown: readonly KnownAccount[],
): void => {
  if (refreshedAt === null) noteProblem(progress, NOT_REFRESHED_YET);
  else if (health.kind !== 'healthy') noteProblem(progress, `provider.${health.code}`);
  else if (observed.problem?.code === PROVIDER_SILENT) noteProblem(progress, PROVIDER_SILENT);
  for (const followed of followedAccounts(observed)) {
    const { accountId, source } = followed;
    if (source?.sharing !== 'shared') {
      const isAmbiguous = candidatesFor(followed, observed).length > 1;
      noteProblem(progress, isAmbiguous ? 'account.ambiguous' : 'account.not-found', { accountId });
    } else if (!shown.some((each) => each.providerAccountId === source.providerAccountId)) {
      noteProblem(progress, 'account.hidden', { accountId });
    }
  }
};
