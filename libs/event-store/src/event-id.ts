import { createHash } from 'node:crypto';
import { v5 as uuidV5 } from 'uuid';
import { canonicalJson } from '#kernel';

/** Never change it: every event id of every log was derived from it. */
const NAMESPACE = '6f0a3c52-8d0b-5c1e-9b57-3b1f0d6a7e42';

/**
 * Id of the event that will stand at `revision` of `stream`: UUIDv5 of its place and of the SHA-256 of its content.
 * Metadata is not part of it. So a repeat of the same decision gives the same id and the server recognises it, and two
 * commands that decide the very same content at the same revision have written one event, and both succeed: data must
 * carry whatever makes two facts distinct.
 */
export const eventId = (stream: string, revision: bigint, type: string, data: unknown): string => {
  const content = createHash('sha256').update(canonicalJson({ type, data })).digest('hex');
  return uuidV5(canonicalJson([stream, revision.toString(), content]), NAMESPACE);
};
