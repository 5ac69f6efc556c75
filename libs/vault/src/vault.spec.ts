import { inspect } from 'node:util';
import { DomainError, Secret } from '#kernel';
import { describe, expect, it } from 'vitest';
import { asSealed, generateKey, Vault } from './index.js';

const oldKey = generateKey();
const newKey = generateKey();

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

it('seals a text so that only an open shows it', () => {
  const vault = new Vault(new Secret(oldKey));
  const sealed = vault.seal('canary-token');
  expect(sealed).not.toContain('canary');
  expect(inspect(vault.open(sealed))).toBe('[secret]');
  expect(vault.open(sealed).reveal()).toBe('canary-token');
  expect(vault.open(vault.seal(new Secret(''))).reveal()).toBe('');
});

it('seals bytes that are no text, and opens those that are one as a text', () => {
  const vault = new Vault(oldKey);
  const bytes = Uint8Array.from([0xff, 0xfe, 0x00, 0x80, 0x0a]);
  expect([...vault.openBytes(vault.sealBytes(bytes))]).toEqual([...bytes]);
  expect(vault.open(vault.sealBytes(Buffer.from('dépôt 12 €'))).reveal()).toBe('dépôt 12 €');
  expect(Buffer.from(vault.openBytes(vault.seal('dépôt'))).toString()).toBe('dépôt');
});

describe('while a key is replaced', () => {
  const before = new Vault(oldKey);
  const during = new Vault(`${newKey}, ${oldKey}`);
  const after = new Vault(newKey);

  it('the new key seals and both open', () => {
    expect(during.open(before.seal('x')).reveal()).toBe('x');
    expect(after.open(during.seal('x')).reveal()).toBe('x');
  });

  it('resealing moves a text under the new key, once', () => {
    const moved = during.reseal(before.seal('x'));
    expect(after.open(moved).reveal()).toBe('x');
    expect(during.reseal(moved)).toBe(moved);
  });

  it('the keys are known by their fingerprints', () => {
    expect(during.fingerprint).toBe(after.fingerprint);
    expect(during.fingerprints).toEqual([after.fingerprint, before.fingerprint]);
    expect(during.fingerprint).toMatch(/^[0-9a-f]{8}$/);
  });
});

describe('a signature', () => {
  const bytes = Buffer.from('claims');

  it('is recognised by the ring that has its key, for its purpose and its bytes only', () => {
    const signature = new Vault(oldKey).sign('links', bytes);
    const rotated = new Vault(`${newKey},${oldKey}`);
    expect(signature).toHaveLength(32);
    expect(rotated.hasSigned('links', bytes, signature)).toBe(true);
    expect(rotated.hasSigned('visits', bytes, signature)).toBe(false);
    expect(rotated.hasSigned('links', Buffer.from('claim5'), signature)).toBe(false);
    expect(rotated.hasSigned('links', bytes, signature.subarray(1))).toBe(false);
    expect(rotated.hasSigned('links', bytes, new Uint8Array(0))).toBe(false);
    expect(new Vault(newKey).hasSigned('links', bytes, signature)).toBe(false);
  });

  it('is made by the first key', () => {
    const signature = new Vault(`${newKey},${oldKey}`).sign('links', bytes);
    expect(new Vault(newKey).hasSigned('links', bytes, signature)).toBe(true);
    expect(new Vault(oldKey).hasSigned('links', bytes, signature)).toBe(false);
  });
});

it.each([
  ['of another key', new Vault(newKey).seal('x')],
  ['that was never sealed', asSealed('plain text')],
  ['that is empty', asSealed('')],
])('refuses a text %s instead of opening it as nothing', (_, sealed) => {
  const error = thrownBy(() => new Vault(oldKey).open(sealed));
  expect(error).toBeInstanceOf(DomainError);
  expect(error).toMatchObject({
    code: 'vault.unknown-key',
    message: expect.stringContaining('ENCRYPTION_KEY'),
  });
  expect(inspect(error)).not.toContain(oldKey);
});

it.each([
  ['', /key 1 is empty.*node -p/],
  ['canary', /key 1 is no Fernet key.*node -p/],
  [`${oldKey},`, /key 2 is empty/],
  [`${oldKey},canary`, /key 2 is no Fernet key/],
])('refuses a faulty ring at construction and tells how to make a key, never the key', (keys, message) => {
  const error = thrownBy(() => new Vault(keys));
  expect(String(error)).toMatch(message);
  expect(inspect(error)).not.toMatch(/canary/);
  expect(inspect(error)).not.toContain(oldKey);
});

it('shows no key to whoever prints it', () => {
  const vault = new Vault(oldKey);
  expect(inspect(vault, { showHidden: true, depth: 9 }) + JSON.stringify(vault)).not.toMatch(
    /Buffer|signing/,
  );
});
