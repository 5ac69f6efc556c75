import { describe, expect, it } from 'vitest';
import { decisionOf } from './decision.js';

const ledgerId = 'fa4f1d2e-5bb5-5d6c-8d5c-0f6c1f2f0007';

describe('a decision about an account', () => {
  it('names a ledger only to map into it', () => {
    expect(decisionOf({ action: 'map', ledgerId })).toEqual({ action: 'map', accountId: null, ledgerId });
    for (const action of ['track', 'ignore'] as const) {
      expect(decisionOf({ action })).toEqual({ action, accountId: null, ledgerId: null });
      expect(() => decisionOf({ action, ledgerId })).toThrow(
        expect.objectContaining({
          code: 'request.invalid',
          details: { errors: [expect.objectContaining({ field: 'ledgerId', code: 'field.only-to-map' })] },
        }),
      );
    }
  });
});
