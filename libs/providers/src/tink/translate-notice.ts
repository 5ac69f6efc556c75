import type { ProviderNotice } from '#domain';
import { asRecord, asText, type JsonRecord } from '../json-fields.js';
import { asEventName, asId, NOBODY } from '../notice-target.js';

interface Envelope {
  /** The user may be named in the context, in the content, or in both. */
  readonly providerUserId: string | null;
  readonly content: JsonRecord;
}

type Reader = (envelope: Envelope) => ProviderNotice | null;

/** A code that is safe to show and to store; some of Tink's pages write `STATUS_UPDATED` for `UPDATED`. */
const codeOf = (status: unknown): string | null =>
  asText(status)
    ?.replaceAll(/[^\w.-]/g, '')
    .replace(/^STATUS_/, '')
    .slice(0, 64) || null;

/**
 * A refresh ended, well or badly. `status` is the deprecated twin of `credentialsStatus`. An outcome that we cannot read is
 * reported as such: it must be seen, and it is not good news.
 */
const refreshFinished: Reader = ({ providerUserId, content }) => {
  const providerConnectionId = asId(content['credentialsId']);
  if (providerConnectionId === null && providerUserId === null) return null;
  const target = { ...NOBODY, providerUserId, providerConnectionId };
  const code = codeOf(content['credentialsStatus']) ?? codeOf(content['status']) ?? 'unreadable-status';
  return code === 'UPDATED'
    ? { kind: 'data-may-have-changed', target }
    : { kind: 'connection-state', target, code };
};

/** Once per account and refresh. Counts and days are not used: the pull decides, and deletions come without ids here. */
const transactionsChanged: Reader = ({ providerUserId, content }) => {
  const providerAccountId = asId(asRecord(content['account'])?.['id']);
  if (providerAccountId === null && providerUserId === null) return null;
  return { kind: 'data-may-have-changed', target: { ...NOBODY, providerUserId, providerAccountId } };
};

const accountCreated: Reader = ({ providerUserId, content }) => {
  const providerAccountId = asId(content['id']);
  if (providerAccountId === null) return null;
  const target = { ...NOBODY, providerUserId, providerAccountId };
  return { kind: 'account-changed', target, change: 'found' };
};

/** A balance or a name; which of them is not said. */
const accountUpdated: Reader = ({ providerUserId, content }) => {
  const providerAccountId = asId(content['id']);
  if (providerAccountId === null && providerUserId === null) return null;
  return { kind: 'data-may-have-changed', target: { ...NOBODY, providerUserId, providerAccountId } };
};

const READERS: ReadonlyMap<string, Reader> = new Map([
  ['refresh:finished', refreshFinished],
  ['account-transactions:modified', transactionsChanged],
  ['account-booked-transactions:modified', transactionsChanged],
  ['account-transactions:deleted', transactionsChanged],
  ['account:created', accountCreated],
  ['account:updated', accountUpdated],
]);

/** Of other products, which may share the endpoint. */
const IRRELEVANT = new Set(['payment:updated', 'mandate-payment:updated', 'actionable-insights:created']);

/** The notice in a verified body `{context?, content, event}`. */
export const translateNotice = (body: unknown): ProviderNotice => {
  const envelope = asRecord(body);
  const event = asEventName(envelope?.['event']);
  if (envelope === null || event === null) return { kind: 'unrecognised', event: null };
  if (IRRELEVANT.has(event)) return { kind: 'nothing-to-do', event };
  const content = asRecord(envelope['content']) ?? {};
  const providerUserId = asId(asRecord(envelope['context'])?.['userId']) ?? asId(content['userId']);
  return READERS.get(event)?.({ providerUserId, content }) ?? { kind: 'unrecognised', event };
};
