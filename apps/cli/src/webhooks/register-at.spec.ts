import { describe, expect, it } from 'vitest';
import type { WebhookKey } from '#domain';
import { Secret } from '#kernel';
import {
  type NewWebhook,
  ProviderError,
  type ProviderName,
  type RegisteredWebhook,
  secretFingerprint,
  type WebhookRegistrar,
} from '#providers';
import { registerAt } from './register-at.js';

const ROOT = 'https://hooks.example.com/bank';

/** A provider in memory. */
class Provider implements WebhookRegistrar {
  there: RegisteredWebhook[] = [];
  readonly active: string[] = [];
  made = 0;

  constructor(
    readonly provider: ProviderName,
    readonly failing: { create?: Error; activate?: Error; remove?: Error } = {},
  ) {}

  async list() {
    return this.there;
  }

  async create({ name, url }: { name: string; url: string }): Promise<NewWebhook> {
    if (this.failing.create) throw this.failing.create;
    const externalId = String((this.made += 1));
    const webhook = { externalId, name, url: this.provider === 'tink' ? url : null };
    this.there.push(webhook);
    return { ...webhook, secret: new Secret(`secret-number-${externalId}`) };
  }

  async activate(externalId: string): Promise<void> {
    if (this.failing.activate) throw this.failing.activate;
    this.active.push(externalId);
  }

  async remove(externalId: string): Promise<void> {
    if (this.failing.remove) throw this.failing.remove;
    this.there = this.there.filter((each) => each.externalId !== externalId);
  }

  async close(): Promise<void> {}
}

const scene = (name: ProviderName, failing: Provider['failing'] & { store?: Error } = {}) => {
  const provider = new Provider(name, failing);
  const keys: WebhookKey[] = [];
  const lines: string[] = [];
  const book = {
    all: async () => keys,
    add: async (provider: ProviderName, { secret, externalId, url }: NewWebhook, name: string) => {
      if (failing.store) throw failing.store;
      const fingerprint = secretFingerprint(secret.reveal());
      const sealedSecret = 'sealed';
      const addedAt = '2026-11-22T10:00:00.000Z';
      keys.push({ provider, name, externalId, url, fingerprint, sealedSecret, addedAt, retiredAt: null });
      return fingerprint;
    },
  };
  const register = async (rotate = false): Promise<string> => {
    lines.length = 0;
    const say = (line: string): void => void lines.push(line);
    const registration = { book, root: ROOT, rotate, sandboxUrl: null, say, doorLearnsWithinMs: 0 };
    await registerAt(provider, registration);
    return lines.join('\n');
  };
  return { provider, keys, register };
};

describe('registering', () => {
  it.each(['powens', 'tink'] as const)('makes one, stores it and tells no secret: %s', async (name) => {
    const { provider, keys, register } = scene(name);
    const text = await register();
    expect(keys.map(({ externalId }) => externalId)).toEqual(['1']);
    expect(keys[0]?.name).toMatch(/^passerelle[a-z0-9]{6}$/);
    expect(text).toContain(keys[0]?.fingerprint);
    expect(text).not.toContain('secret-number');
    expect(provider.active).toEqual(['1']);
  });

  it('tells for Powens which address each event has, prefix and all', async () => {
    const text = await scene('powens').register();
    for (const event of ['connection-synced', 'connection-deleted', 'user-deleted', 'account-found'])
      expect(text).toContain(`${ROOT}/webhooks/powens/${event}`);
  });

  it('makes nothing the second time, but enables what an interrupted first one left', async () => {
    const { provider, register } = scene('tink');
    await register();
    provider.active.length = 0;
    expect(await register()).toContain('Nothing is made');
    expect([provider.made, provider.active]).toEqual([1, ['1']]);
  });

  it('makes one beside it when it is to be rotated, and says how to end the old one', async () => {
    const { provider, keys, register } = scene('tink');
    await register();
    const text = await register(true);
    expect(provider.there.map(({ url }) => url)).toEqual([
      `${ROOT}/webhooks/tink`,
      `${ROOT}/webhooks/tink?endpoint=${keys[1]?.name}`,
    ]);
    expect(text).toContain(`webhooks retire ${keys[0]?.fingerprint}`);
  });

  it('makes one anew when the provider lost it, and names what nobody here knows', async () => {
    const { provider, keys, register } = scene('powens');
    await register();
    provider.there = [{ externalId: '77', name: 'passerelleabcdef', url: null }];
    const text = await register();
    expect(text).toContain(`no longer has "${keys[0]?.name}"`);
    expect(text).toContain('(id 77), whose secret is not known here');
    expect(provider.made).toBe(2);
  });

  it('takes back what it cannot store', async () => {
    const { provider, register } = scene('tink', { store: new Error('The log is away.') });
    await expect(register()).rejects.toThrow(/log is away. It is removed at Tink again. Run the command/);
    expect([provider.there, provider.active]).toEqual([[], []]);
  });

  it('names what it can neither store nor take back', async () => {
    const { register } = scene('tink', { store: new Error('away'), remove: new Error('away too') });
    await expect(register()).rejects.toThrow(/^"passerelle\w+" \(id 1\) .* Delete it in the Tink console/);
  });

  it('says how to go on where the address is taken, or the endpoint could not be enabled', async () => {
    const create = new ProviderError('permanent', 'tink.webhook-exists', 'It exists.', { status: 409 });
    await expect(scene('tink', { create }).register()).rejects.toThrow(/It exists. Delete it .* --rotate$/);
    const { keys, register } = scene('tink', { activate: new Error('Tink is away.') });
    await expect(register()).rejects.toThrow(/not enabled yet: .* register --provider tink$/);
    expect(keys).toHaveLength(1);
  });
});
