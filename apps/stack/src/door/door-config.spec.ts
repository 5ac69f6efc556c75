import { describe, expect, it } from 'vitest';
import { loadConfig } from '#platform';
import { packConfig, unpackConfig } from './door-config.js';

const config = loadConfig(
  {
    EVENTSTORE_URL: 'kurrentdb://127.0.0.1:2113?tls=false',
    NATS_URL: 'nats://127.0.0.1:4222',
    DATABASE_URL: 'postgresql://127.0.0.1/passerelle',
    ENCRYPTION_KEY: `${'A'.repeat(43)}=`,
    POWENS_WEBHOOK_SECRET: 'new-secret,old-secret',
    WEBHOOK_TRUSTED_PROXIES: '10.0.0.0/8',
    PASSERELLE_TENANT_API_KEYS: 'acme:tenant-key',
  },
  { app: 'webhook-ingress', embedded: false },
);

describe('a configuration on its way to another thread', () => {
  const received = unpackConfig(structuredClone(packConfig(config)));

  it('arrives as it was', () => {
    expect(received).toEqual(config);
  });

  it('arrives with its secrets, and they hide again', () => {
    expect(received.powens.webhookSecrets.map((secret) => secret.reveal())).toEqual([
      'new-secret',
      'old-secret',
    ]);
    expect(JSON.stringify(received)).not.toContain('new-secret');
    expect(received.tenantApiKeys[0]?.key.reveal()).toBe('tenant-key');
  });
});
