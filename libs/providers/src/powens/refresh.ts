import { type CallCount, ProviderError, type ProviderAccess, type RefreshAnswer } from '../bank-provider.js';
import { asRecord } from '../json-fields.js';
import { parseTime } from './parse-time.js';
import type { PowensClient } from './powens-client.js';
import { healthOf } from './translate-connection.js';

/** Powens checks the credentials with the bank before it answers. */
const TIMEOUT_MS = 180_000;
/** Whoever waits is better told. */
const PATIENCE_MS = 5_000;
/** Not the refresh alone fails for these: reading would as well. */
const OF_THE_ACCESS = new Set([
  'powens.token-refused',
  'powens.not-found',
  'powens.client-refused',
  'powens.configuration',
]);

/**
 * Sent once: a second one would be refused as too soon, or ask the person for a second code. 409 is benign: Powens refreshed
 * a moment ago, or is at it.
 */
export const askForRefresh = async (
  client: PowensClient,
  path: string,
  access: ProviderAccess,
  { attended, calls, nowMs }: { attended: boolean; calls: CallCount | undefined; nowMs: () => number },
): Promise<RefreshAnswer> => {
  try {
    const answer = await client.call({
      method: 'PUT',
      path: `${path}?psu_requested=${attended}`,
      token: access.accessToken,
      connection: access.providerConnectionId,
      timeoutMs: TIMEOUT_MS,
      patienceMs: PATIENCE_MS,
      tries: 1,
      attended,
      calls,
    });
    const connection = asRecord(answer) ?? {};
    return {
      kind: 'asked',
      refreshedAt: parseTime(connection['last_update']),
      health: healthOf(connection),
    };
  } catch (error) {
    if (!(error instanceof ProviderError) || OF_THE_ACCESS.has(error.code)) throw error;
    const { retryAfterMs } = error.options;
    const nextAllowedAt = retryAfterMs === undefined ? null : new Date(nowMs() + retryAfterMs).toISOString();
    return { kind: 'refused', code: error.code, nextAllowedAt };
  }
};
