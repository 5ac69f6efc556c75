import { setTimeout as pause } from 'node:timers/promises';
import { connection, type LinkedConnection } from '#domain';
import { fold } from '#event-store';
import { ProviderError } from '#providers';
import { wasToldDeleted } from '../deletion-notices.js';
import type { SyncDeps } from '../sync-deps.js';
import { ProviderSession } from './provider-session.js';
import { ConnectionGone, disconnectedMeanwhile } from './sync-problem.js';

/** So often more is looked, after the first pauses of a retry, before a loss that nobody announced is believed. */
const FURTHER_LOOKS = 2;

const says = (error: unknown, reason: string): boolean =>
  error instanceof ProviderError && error.code.endsWith(`.${reason}`);

/**
 * What a run that failed goes on with: its own failure; that the connection was disconnected here meanwhile, of which the
 * provider's refusal is but the echo; or that it is gone at the provider. Gone ends the connection here, so the evidence
 * must not be a passing failure, nor a mistake in our own settings:
 *
 * - A connection is gone when the provider answers "not found" to it and, to the same access, lists the user's connections
 *   without it. Both are proper answers of an API that accepts the access: no outage, time-out or page of a proxy looks
 *   like that. With a deletion notice for it once is enough; without one (its webhook got lost) it must be seen three
 *   times, seconds apart, since a list that is empty by mistake looks like that too.
 * - A user is gone when the access is refused, our own credentials are accepted and renew nothing because there is no such
 *   user, and a deletion notice was received for that user or connection. Without the notice it is not believed, however
 *   often it is seen: with credentials or an address of another domain of ours, all users would look like that. The
 *   run fails with `<provider>.user-unknown`, and the connection shows it.
 *
 * A notice alone is never evidence: where the provider still shows the connection, the run is a run like any other.
 */
export const confirmGone = async (
  deps: SyncDeps,
  linked: LinkedConnection,
  failure: unknown,
): Promise<unknown> => {
  const { access, connectionId, opened } = linked;
  if (!(failure instanceof ProviderError)) return failure;
  const { state } = await fold(deps, connection, connectionId);
  if (state.status !== 'linked') return disconnectedMeanwhile();
  if (!access || !(says(failure, 'not-found') || says(failure, 'user-unknown'))) return failure;
  const wasTold = await wasToldDeleted(deps.db, opened.provider, access);
  if (says(failure, 'user-unknown')) return wasTold ? new ConnectionGone(failure) : failure;
  const pauses = wasTold ? [] : deps.policy.retryDelaysMs.slice(0, FURTHER_LOOKS);
  try {
    const session = new ProviderSession(deps, linked);
    for (const pauseMs of [0, ...pauses]) {
      await pause(pauseMs);
      if (!(await session.isMissing())) return failure;
    }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    // Not even the list is to be had: that may pass, and if it is the user who is gone, it is for the notice to say.
    return says(error, 'user-unknown') && wasTold ? new ConnectionGone(error) : error;
  }
  return new ConnectionGone(failure);
};
