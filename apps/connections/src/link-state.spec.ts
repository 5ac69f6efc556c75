import { DomainError } from '#kernel';
import { generateKey, Vault } from '#vault';
import { describe, expect, it } from 'vitest';
import { readLinkState, signLinkState } from './link-state.js';

const NOW = '2026-06-01T08:00:00.000Z';
const EXPIRES = '2026-06-01T08:30:00.000Z';
const [oldKey, newKey] = [generateKey(), generateKey()];
const vault = new Vault(oldKey);
const claims = {
  connectionId: '9b2d1b0e-6a53-5c80-8f7d-3e5a9b0c6d21',
  tenantId: 'acme',
  expiresAt: EXPIRES,
};
const state = signLinkState(vault, claims);

const codeOf = (text: string, now = NOW, ring = vault): string => {
  try {
    readLinkState(ring, text, now);
    return 'accepted';
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
};

describe('the state of a link', () => {
  it('says which connection of which tenant it was made for', () => {
    const { connectionId, isFor } = readLinkState(vault, state, NOW);
    expect(connectionId).toBe(claims.connectionId);
    expect([isFor('acme'), isFor('acme2'), isFor('')]).toEqual([true, false, false]);
  });

  it('is another one each time, and survives an address unchanged', () => {
    expect(signLinkState(vault, claims)).not.toBe(state);
    expect(state).toMatch(/^[\w-]{106}$/);
    expect(state).not.toContain('acme');
  });

  it('is good until it expires', () => {
    expect(codeOf(state, EXPIRES)).toBe('accepted');
    expect(codeOf(state, '2026-06-01T08:30:00.001Z')).toBe('link.state-expired');
  });

  it('is refused with any byte changed, also one of its expiry, and however it is cut or lengthened', () => {
    const bytes = Buffer.from(state, 'base64url');
    for (const index of bytes.keys()) {
      const forged = Buffer.from(bytes);
      forged.writeUInt8(forged.readUInt8(index) ^ 1, index);
      expect([index, codeOf(forged.toString('base64url'))]).toEqual([index, 'link.unknown-state']);
    }
    const others = [
      '', 'nothing', state.slice(0, -1), `${state}A`, `${state}=`, ` ${state}`, state.toLowerCase(),
      `${claims.connectionId}.guessed`, 'é'.repeat(106), Buffer.alloc(79).toString('base64url'),
    ]; // prettier-ignore
    expect(new Set(others.map((forged) => codeOf(forged)))).toEqual(new Set(['link.unknown-state']));
  });

  it('is refused unread by who has other keys, and accepted during a rotation', () => {
    expect(codeOf(state, NOW, new Vault(newKey))).toBe('link.unknown-state');
    expect(codeOf(state, EXPIRES, new Vault(`${newKey},${oldKey}`))).toBe('accepted');
    expect(codeOf(signLinkState(new Vault(`${newKey},${oldKey}`), claims))).toBe('link.unknown-state');
  });
});
