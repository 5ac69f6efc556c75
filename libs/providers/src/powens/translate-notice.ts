import type { NoticeTarget, ProviderNotice } from '#domain';
import { asList, asRecord, asText, type JsonRecord } from '../json-fields.js';
import { asEventName, asId, NOBODY } from '../notice-target.js';
import { stateOf } from './translate-connection.js';

type Reader = (body: JsonRecord) => ProviderNotice | null;

/** `{user, connection: {…}}`; sent after every sync, also one that ended in an error state. */
const connectionSynced: Reader = (body) => {
  const connection = asRecord(body['connection']) ?? {};
  const providerConnectionId = asId(connection['id']);
  const providerUserId = asId(asRecord(body['user'])?.['id']) ?? asId(connection['id_user']);
  if (providerConnectionId === null && providerUserId === null) return null;
  const target = { ...NOBODY, providerUserId, providerConnectionId };
  const code = stateOf(connection);
  return code === null
    ? { kind: 'data-may-have-changed', target }
    : { kind: 'connection-state', target, code };
};

const hasAny = (body: JsonRecord, keys: readonly string[]): boolean =>
  keys.some((key) => Object.hasOwn(body, key));

/** What stands in bodies of other events, never beside a bare connection or a bare user. */
const OF_OTHERS = ['connection', 'connections', 'user', 'id_connection', 'transactions', 'attachments'];

/**
 * A bare connection: the id is its own. Whoever registered this path for another event must not end a connection by it: an
 * account, a user and a finished sync all look different.
 */
const connectionDeleted: Reader = (body) => {
  const providerConnectionId = asId(body['id']);
  if (providerConnectionId === null || hasAny(body, [...OF_OTHERS, 'signin'])) return null;
  const target = { ...NOBODY, providerUserId: asId(body['id_user']), providerConnectionId };
  return { kind: 'connection-deleted', target };
};

/** A bare user. One that was created looks the same: here the path alone decides. */
const userDeleted: Reader = (body) => {
  const providerUserId = asId(body['id']);
  if (providerUserId === null || hasAny(body, [...OF_OTHERS, 'id_user', 'id_connector'])) return null;
  return { kind: 'user-deleted', target: { ...NOBODY, providerUserId } };
};

/** Deprecated: several connections of one user at once. */
const userSynced: Reader = (body) => {
  const providerUserId = asId(asRecord(body['user'])?.['id']) ?? asId(body['id']);
  return providerUserId === null
    ? null
    : { kind: 'data-may-have-changed', target: { ...NOBODY, providerUserId } };
};

/** Bodies that are a bare account. */
const accountTarget = (body: JsonRecord): NoticeTarget | null => {
  const providerAccountId = asId(body['id']);
  const providerConnectionId = asId(body['id_connection']);
  if (providerAccountId === null || providerConnectionId === null) return null;
  return { ...NOBODY, providerUserId: asId(body['id_user']), providerConnectionId, providerAccountId };
};

const accountSynced: Reader = (body) => {
  const target = accountTarget(body);
  return target && { kind: 'data-may-have-changed', target };
};

const accountChanged =
  (change: 'found' | 'enabled' | 'disabled'): Reader =>
  (body) => {
    const target = accountTarget(body);
    return target && { kind: 'account-changed', target, change };
  };

const READERS: Readonly<Record<string, Reader>> = {
  'connection-synced': connectionSynced,
  'connection-deleted': connectionDeleted,
  'user-deleted': userDeleted,
  'user-synced': userSynced,
  'account-synced': accountSynced,
  'account-found': accountChanged('found'),
  'account-enabled': accountChanged('enabled'),
  'account-disabled': accountChanged('disabled'),
};

/** Followed or preceded by an event that we act on, or of no meaning for bank data; the last is of older lists. */
const IRRELEVANT = new Set([
  'user-created', 'accounts-fetched', 'account-categorized', 'account-ownerships-found', 'transaction-attachments-found',
  'subscription-found', 'subscription-synced', 'payment-state-updated', 'transactions-clustered',
]); // prettier-ignore

/**
 * The event that a body's shape betrays, for a webhook that was registered without the event in its path: Powens does not write
 * it into the body. `null` where two events look alike (a bare user was either created or deleted): better not understood
 * than a deletion that never was.
 */
const eventOfShape = (body: JsonRecord): string | null => {
  if (asRecord(body['connection'])) return 'connection-synced';
  if (asRecord(body['user']) && asList(body['connections'])) return 'user-synced';
  if (asList(body['attachments'])) return 'transaction-attachments-found';
  if ('id_connection' in body && 'type' in body) {
    if (asList(body['transactions'])) return 'account-synced';
    if (!('name' in body)) return 'account-found';
    return asText(body['disabled']) === null ? 'account-enabled' : 'account-disabled';
  }
  if ('id' in body && 'id_connector' in body) return 'connection-deleted';
  return asList(body['transactions']) ? 'account-categorized' : null;
};

const eventName = (segment: string): string | null => asEventName(segment.toLowerCase().replaceAll('_', '-'));

/** The notice in a verified body; `segment` is the event in the path that Powens called, `null` when the path has none. */
export const translateNotice = (segment: string | null, body: unknown): ProviderNotice => {
  const record = asRecord(body);
  const event = segment === null ? record && eventOfShape(record) : eventName(segment);
  if (event === null) return { kind: 'unrecognised', event: null };
  if (IRRELEVANT.has(event)) return { kind: 'nothing-to-do', event };
  const reader = Object.hasOwn(READERS, event) ? READERS[event] : undefined;
  return (record && reader?.(record)) ?? { kind: 'unrecognised', event };
};
