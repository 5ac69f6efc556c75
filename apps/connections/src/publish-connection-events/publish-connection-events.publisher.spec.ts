import type { RecordedEvent } from '#kernel';
import { describe, expect, it } from 'vitest';
import { publicFormOf } from './publish-connection-events.publisher.js';

const required = (code: string, owner: string): RecordedEvent =>
  ({
    id: '5c7e1c1a-4a3b-5d7d-8f6e-0d9a1b2c0004',
    type: 'UserActionRequired',
    revision: 3n,
    recordedAt: '2026-11-23T10:00:00.000Z',
    data: { connectionId: 'c1', tenantId: 't1', companyId: 'co1', code, owner, observedAt: '' },
  }) as unknown as RecordedEvent;

describe('that somebody must act', () => {
  it.each([
    ['account.ambiguous', 'user', 'caller'],
    ['account.none-tracked', 'user', 'caller'],
    ['account.not-found', 'user', 'user'],
    ['SCARequired', 'user', 'user'],
    ['websiteUnavailable', 'time', 'time'],
  ])('%s of %s is told as a matter of %s', (code, owner, told) => {
    expect(publicFormOf(required(code, owner))?.data).toMatchObject({ code, owner: told });
  });
});
