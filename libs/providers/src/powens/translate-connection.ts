import type { ConnectionSnapshot, ProviderAccount } from '../bank-provider.js';
import { asList, asRecord, asText, type JsonRecord } from '../json-fields.js';
import { stateRule } from './connection-states.js';
import { parseInstant, parseTime } from './parse-time.js';

type Health = ConnectionSnapshot['health'];

/** While the person is being asked, `expire` is the end of that dialogue, not of the consent. */
const IN_DIALOGUE = new Set(['additionalinformationneeded', 'decoupled', 'webauthrequired', 'validating']);

/** A code that is safe to show and to store, whatever was sent. */
const codeOf = (state: unknown): string =>
  asText(state)
    ?.replaceAll(/[^\w.-]/g, '')
    .slice(0, 64) || 'unreadable-state';

/** The state that a connection reports, `null` when all is well; `error` is its deprecated twin. */
export const stateOf = (connection: JsonRecord): string | null => {
  const state = connection['state'] ?? connection['error'] ?? null;
  return state === null || state === '' ? null : codeOf(state);
};

/** Only a state that says so, `null`, means that all is well: without one, nothing is known of it. */
const lacksState = (connection: JsonRecord): boolean =>
  connection['state'] === undefined && connection['error'] === undefined;

export const healthOf = (connection: JsonRecord): Health => {
  if (lacksState(connection)) return { kind: 'waiting', code: 'state-missing' };
  const code = stateOf(connection);
  if (code === null) {
    return parseInstant(connection['last_update']) === null
      ? { kind: 'waiting', code: 'never-synced' }
      : { kind: 'healthy' };
  }
  const { owner, patienceMs } = stateRule(code);
  return patienceMs === undefined
    ? { kind: 'broken', code, owner }
    : { kind: 'waiting', code, owner, patienceMs };
};

/** The first of the sources' consents to end: with several sources, the connection stops at the first. */
const consentExpiryOf = (connection: JsonRecord): string | null => {
  const state = stateOf(connection)?.toLowerCase() ?? '';
  const bySource = (asList(connection['sources']) ?? [])
    .map((source) => asRecord(source) ?? {})
    .filter((source) => asText(source['disabled']) === null)
    .map((source) => parseInstant(source['access_expire']) ?? parseInstant(source['expire']))
    .filter((instant) => instant !== null);
  if (bySource.length > 0) return new Date(Math.min(...bySource)).toISOString();
  return IN_DIALOGUE.has(state) ? null : parseTime(connection['expire']);
};

/** A boolean where documented; digits and words as some servers write them. */
const automaticRefreshOf = (active: unknown): boolean | null => {
  if (active === false || ['0', 'false'].includes(asText(active) ?? '')) return false;
  return active === true || ['1', 'true'].includes(asText(active) ?? '') ? true : null;
};

/** One connection in our words, or `null` when it has no id. */
export const translateConnection = (
  raw: unknown,
  accounts: readonly ProviderAccount[],
): ConnectionSnapshot | null => {
  const connection = asRecord(raw);
  const providerConnectionId = asText(connection?.['id']);
  if (connection === null || providerConnectionId === null) return null;
  return {
    providerConnectionId,
    providerUserId: asText(connection['id_user']),
    health: healthOf(connection),
    refreshedAt: parseTime(connection['last_update']),
    nextTryAt: parseTime(connection['next_try']),
    automaticRefresh: automaticRefreshOf(connection['active']),
    consentExpiresAt: consentExpiryOf(connection),
    accounts,
  };
};
