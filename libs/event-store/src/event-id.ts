import { createHash } from 'node:crypto';
import { canonicalJson } from '#kernel';
import { nameUuid, uuidBytes } from './name-uuid.js';

/** Never change it: every event id of every log was derived from it. */
const NAMESPACE = uuidBytes('6f0a3c52-8d0b-5c1e-9b57-3b1f0d6a7e42');

/**
 * Id of the event that will stand at `revision` of `stream`: UUIDv5 of its place, of the command that decided it and of
 * the SHA-256 of its content. So a repeat of the same decision gives the same id and the server recognises it; another
 * command that happens to decide the very same content at the same revision is refused, reads again and decides again.
 */
export const eventId = (
  stream: string,
  revision: bigint,
  type: string,
  data: unknown,
  commandId: string,
): string => {
  const content = createHash('sha256').update(canonicalJson({ type, data })).digest('hex');
  return nameUuid(NAMESPACE, canonicalJson([stream, revision.toString(), commandId, content]));
};
