import { createHash, randomBytes } from 'node:crypto';
import { DomainError } from '#kernel';
import type { Vault } from '#vault';

/** What a link's `state` vouches for. */
export interface LinkState {
  readonly connectionId: string;
  readonly tenantId: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

/** What a `state` that we signed says. */
export interface ReadState {
  readonly connectionId: string;
  /** Whether it was made for that tenant's connection. */
  isFor(this: void, tenantId: string): boolean;
}

const PURPOSE = 'link-state';
const VERSION = 1;
const CONNECTION = { at: 1, bytes: 16 };
const ATTEMPT = { at: 17, bytes: 16 };
const TENANT = { at: 33, bytes: 8 };
const EXPIRY = { at: 41, bytes: 6 };
const CLAIMS_BYTES = 47;
const STATE_BYTES = CLAIMS_BYTES + 32;

const tenantDigest = (tenantId: string): Buffer =>
  createHash('sha256').update(tenantId).digest().subarray(0, TENANT.bytes);

const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/**
 * A `state` for one link page: which attempt it is, of which connection of which tenant, until when, signed with the vault's first
 * key. 106 letters, digits, `-` and `_`, which every provider hands back as they are. It works once: the log knows whether it did.
 */
export const signLinkState = (vault: Vault, { connectionId, tenantId, expiresAt }: LinkState): string => {
  const claims = Buffer.alloc(CLAIMS_BYTES);
  claims.writeUInt8(VERSION);
  claims.set(Buffer.from(connectionId.replaceAll('-', ''), 'hex'), CONNECTION.at);
  claims.set(randomBytes(ATTEMPT.bytes), ATTEMPT.at);
  claims.set(tenantDigest(tenantId), TENANT.at);
  claims.writeUIntBE(Date.parse(expiresAt), EXPIRY.at, EXPIRY.bytes);
  return Buffer.concat([claims, vault.sign(PURPOSE, claims)]).toString('base64url');
};

export const unknownState = () =>
  new DomainError('link.unknown-state', 'This link is not one of ours. Ask for a fresh link.');

/**
 * Reads a `state` that came back from outside, by its signature alone: what nobody of ours made costs no look at the log.
 * @throws {DomainError} `link.unknown-state`: no key of the ring signed it; `link.state-expired`
 */
export const readLinkState = (vault: Vault, state: string, now: string): ReadState => {
  const bytes = Buffer.from(state, 'base64url');
  if (bytes.length !== STATE_BYTES || bytes.toString('base64url') !== state) throw unknownState();
  const claims = bytes.subarray(0, CLAIMS_BYTES);
  if (!vault.hasSigned(PURPOSE, claims, bytes.subarray(CLAIMS_BYTES))) throw unknownState();
  if (claims.readUInt8() !== VERSION) throw unknownState();
  if (claims.readUIntBE(EXPIRY.at, EXPIRY.bytes) < Date.parse(now)) {
    throw new DomainError('link.state-expired', 'This link has expired. Ask for a fresh link.');
  }
  const tenant = claims.subarray(TENANT.at, TENANT.at + TENANT.bytes);
  return {
    connectionId: uuidOf(claims.subarray(CONNECTION.at, CONNECTION.at + CONNECTION.bytes)),
    isFor: (tenantId) => tenantDigest(tenantId).equals(tenant),
  };
};
