import {
  candidatesFor, followedAccounts, type KnownAccount, type LinkedConnection, NOT_REFRESHED_YET, PROVIDER_SILENT,
} from '#domain'; // prettier-ignore
import type { ConnectionSnapshot } from '#providers';
import { noteProblem, type RunProgress } from './run-progress.js';

export interface Evidence {
  readonly snapshot: ConnectionSnapshot;
  readonly observed: LinkedConnection;
  /** The accounts that the run reads. */
  readonly shown: readonly KnownAccount[];
  /** When the provider had been at the bank, as of the last success; `undefined`: there was none. */
  readonly provedRefresh?: string | undefined;
}

/** Where nobody looks at the bank by itself, that there is nothing new proves nothing. */
const isLeftToItself = ({ snapshot, observed, provedRefresh }: Evidence): boolean =>
  observed.automaticRefresh === false &&
  provedRefresh !== undefined &&
  snapshot.refreshedAt !== null &&
  Date.parse(snapshot.refreshedAt) <= Date.parse(provedRefresh);

/**
 * A success needs evidence: notes what speaks against one. Accounts that cannot be read are told one by one, and a link that
 * is silent for unusually long is not taken at its word that all is well.
 */
export const judgeEvidence = (progress: Pick<RunProgress, 'problems'>, evidence: Evidence): void => {
  const { observed, shown } = evidence;
  const { refreshedAt, health } = evidence.snapshot;
  if (refreshedAt === null) noteProblem(progress, NOT_REFRESHED_YET);
  else if (health.kind !== 'healthy') noteProblem(progress, `provider.${health.code}`);
  else if (observed.problem?.code === PROVIDER_SILENT) noteProblem(progress, PROVIDER_SILENT);
  else if (isLeftToItself(evidence)) noteProblem(progress, 'provider.inactive');
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
