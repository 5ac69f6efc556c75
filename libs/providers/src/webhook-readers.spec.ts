import { describe, expect, it } from 'vitest';
import { signGuide } from './guide/webhook.js';
import { signPowens } from './powens/webhook.js';
import { signTink } from './tink/webhook.js';
import { webhookReaders } from './webhook-readers.js';

const rawBody = new TextEncoder().encode('{"id_webhook_data":1}');
const date = '2026-07-21T08:00:00.000001Z';
const receivedAt = '2026-07-21T08:00:01.000Z';
const path = '/webhooks/powens';

const signedBy = (secret: string) => ({
  path,
  rawBody,
  receivedAt,
  headers: {
    'bi-signature': signPowens(secret, { path, date, rawBody }),
    'bi-signature-date': date,
    'x-powens-signature': signGuide(secret, rawBody),
    'x-tink-signature': signTink(secret, { t: 1784620800, rawBody }),
  },
});

const live = { powensSecrets: ['p1', 'p2'], tinkSecrets: ['t1', 't2'], tinkToleranceSeconds: 600 };
const acceptedBy = (secrets: typeof live, secret: string) =>
  webhookReaders(secrets)
    .filter(({ read }) => read(signedBy(secret)).kind === 'verified')
    .map(({ scheme }) => scheme);

describe('the readers of all schemes', () => {
  it('accept each provider’s live secrets, and no other provider’s', () => {
    for (const secret of live.powensSecrets) expect(acceptedBy(live, secret)).toEqual(['powens', 'guide']);
    for (const secret of live.tinkSecrets) expect(acceptedBy(live, secret)).toEqual(['tink']);
    expect(acceptedBy(live, 'other')).toEqual([]);
  });

  it.each([[[]], [['']], [[' ', '']]])(
    'are all there and refuse everything with the secrets %j',
    (secrets) => {
      const none = { powensSecrets: secrets, tinkSecrets: secrets, tinkToleranceSeconds: 600 };
      expect(webhookReaders(none).map(({ scheme }) => scheme)).toEqual(['powens', 'guide', 'tink']);
      for (const secret of ['', ' ', 'p1', 't1']) expect(acceptedBy(none, secret)).toEqual([]);
    },
  );

  it('still translate what was verified before its secret went away', () => {
    const none = { powensSecrets: [], tinkSecrets: [], tinkToleranceSeconds: 600 };
    const body = new TextEncoder().encode('{"id":7}');
    expect(webhookReaders(none)[0]?.translate('/webhooks/powens/user-deleted', body)).toMatchObject({
      kind: 'user-deleted',
    });
  });
});
