import { canonicalJson } from '#kernel';
import { nameUuid, uuidBytes } from './name-uuid.js';

/** Never change it: ids of ledgers, connections and transactions were derived from it. */
const NAMESPACE = uuidBytes('0e4f1f5e-3c1d-5a86-8f0e-5d2b9a7c6d13');

/** UUIDv5 of its parts in their order: the same parts give the same id everywhere and for ever. */
export const derivedId = (...parts: readonly (string | null)[]): string =>
  nameUuid(NAMESPACE, canonicalJson(parts));
