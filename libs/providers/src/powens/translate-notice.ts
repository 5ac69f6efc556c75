import type { NoticeTarget, ProviderNotice } from '#domain';
import { asList, asRecord, asText, type JsonRecord } from '../json-fields.js';
import { stateOf } from './translate-connection.js';

type Reader = (body: JsonRecord) => ProviderNotice | null;

const NOBODY: NoticeTarget = {
  connectionId: null,
  providerUserId: null,
  providerConnectionId: null,
  providerAccountId: null,
};

/** `{user, connection: {…}}`; sent after every sync, also one that ended in an error state. */
const connectionSynced: Reader = (body) => {
  const connection = asRecord(body['connection']) ?? {};
  const providerConnectionId = asText(connection['id']);
  const providerUserId = asText(asRecord(body['user'])?.['id']) ?? asText(connection['id_user']);
  if (providerConnectionId === null && providerUserId === null) return null;
  const target = { ...NOBODY, providerUserId, providerConnectionId };
  const code = stateOf(connection);
  return code === null
    ? { kind: 'data-may-have-changed', target }
    : { kind: 'connection-state', target, code };
};

/** Bodies that are a bare connection: the id is theirs. */
const connectionDeleted: Reader = (body) => {
  const providerConnectionId = asText(body['id']);
  if (providerConnectionId === null) return null;
  const target = { ...NOBODY, providerUserId: asText(body['id_user']), providerConnectionId };
  return { kind: 'connection-deleted', target };
};

const userDeleted: Reader = (body) => {
  const providerUserId = asText(body['id']);
  return providerUserId === null ? null : { kind: 'user-deleted', target: { ...NOBODY, providerUserId } };
};

/** Deprecated: several connections of one user at once. */
const userSynced: Reader = (body) => {
  const providerUserId = asText(asRecord(body['user'])?.['id']) ?? asText(body['id']);
  return providerUserId === null
    ? null
    : { kind: 'data-may-have-changed', target: { ...NOBODY, providerUserId } };
};

/** Bodies that are a bare account. */
const accountTarget = (body: JsonRecord): NoticeTarget | null => {
  const providerAccountId = asText(body['id']);
  const providerConnectionId = asText(body['id_connection']);
  if (providerAccountId === null || providerConnectionId === null) return null;
  return { ...NOBODY, providerUserId: asText(body['id_user']), providerConnectionId, providerAccountId };
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

/** Known, and followed or preceded by an event that we act on. */
const IRRELEVANT = new Set([
  'user-created', 'accounts-fetched', 'account-categorized', 'account-ownerships-found', 'transaction-attachments-found',
  'subscription-found', 'subscription-synced', 'payment-state-updated',
]); // prettier-ignore

/**
 * The event that a body's shape betrays, for a webhook that was registered without the event in its path: Powens does not write
 * it into the body. `null` where two events look alike (a bare user was either created or deleted): better not understood
 * than a deletion that never was.
 */
const eventOfShape = (body: JsonRecord): string | null => {
  if (asRecord(body['connection'])) return 'connection-synced';
  if (asList(body['attachments'])) return 'transaction-attachments-found';
  if ('id_connection' in body && 'type' in body) {
    if (asList(body['transactions'])) return 'account-synced';
    if (!('name' in body)) return 'account-found';
    return asText(body['disabled']) === null ? 'account-enabled' : 'account-disabled';
  }
  if ('id' in body && 'id_connector' in body) return 'connection-deleted';
  return asList(body['transactions']) ? 'account-categorized' : null;
};

const eventName = (segment: string): string => segment.toLowerCase().replaceAll('_', '-').slice(0, 64);

/** The notice in a verified body; `segment` is the event in the path that Powens called, `null` when the path has none. */
export const translateNotice = (segment: string | null, body: unknown): ProviderNotice => {
  const record = asRecord(body);
  const event = segment === null ? record && eventOfShape(record) : eventName(segment);
  if (event === null) return { kind: 'unrecognised', event: null };
  if (IRRELEVANT.has(event)) return { kind: 'nothing-to-do', event };
  const reader = Object.hasOwn(READERS, event) ? READERS[event] : undefined;
  return (record && reader?.(record)) ?? { kind: 'unrecognised', event };
};
