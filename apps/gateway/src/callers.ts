import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '#kernel';

/** Who calls, as far as the key says. */
export interface Caller {
  /** Names the key without telling it: `admin`, or `tenant:<id>`; also the actor in the log. */
  readonly name: string;
  /** The only tenant that the caller may see; `null`: admin, every tenant. */
  readonly scope: string | null;
}

interface KnownKey extends Caller {
  readonly digest: Buffer;
}

const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** The API keys that this gateway accepts. */
export class Callers {
  readonly #keys: readonly KnownKey[];

  constructor(admin: Secret, tenants: readonly { readonly tenantId: string; readonly key: Secret }[]) {
    this.#keys = [
      { name: 'admin', scope: null, digest: digestOf(admin.reveal()) },
      ...tenants.map(({ tenantId, key }) => ({
        name: `tenant:${tenantId}`,
        scope: tenantId,
        digest: digestOf(key.reveal()),
      })),
    ];
  }

  /** The caller behind a key, in a time that does not depend on the key. */
  find(key: string): Caller | undefined {
    const digest = digestOf(key);
    let found: KnownKey | undefined;
    for (const known of this.#keys) if (timingSafeEqual(known.digest, digest)) found = known;
    return found && { name: found.name, scope: found.scope };
  }
}
