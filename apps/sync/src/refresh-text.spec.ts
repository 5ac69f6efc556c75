import { refreshText } from '#contracts';
import { expect, it } from 'vitest';
import { refreshViewOf } from './refresh-text.js';

const UNTIL = '2026-06-01T08:15:00.000Z';

it.each([
  [{ outcome: 'asked', code: null, nextAllowedAt: null }, /was asked to look at the bank/],
  [{ outcome: 'refused', code: 'powens.too-many-syncs', nextAllowedAt: UNTIL }, /did not look .*powens\.too-many-syncs.*ask again after 2026-06-01T08:15/],
  [{ outcome: 'refused', code: 'refresh.too-soon', nextAllowedAt: UNTIL }, /a moment ago already.*ask again after 2026-06-01T08:15/],
  [{ outcome: 'refused', code: 'refresh.bank-not-ready', nextAllowedAt: UNTIL }, /cannot reach the bank.*ask again after 2026-06-01T08:15/],
] as const)('says what came of a refresh, and when to ask again: %j', (refresh, words) => {
  expect(refreshViewOf(refresh)).toMatchObject({ code: refresh.code, message: expect.stringMatching(words) });
}); // prettier-ignore

it('says so in French, too', () => {
  const refused = { outcome: 'refused', code: 'powens.rate-limited', nextAllowedAt: UNTIL } as const;
  expect(refreshText(refused, 'fr')).toMatch(/n’a pas consulté .* redemandez après 2026-06-01T08:15/);
});
