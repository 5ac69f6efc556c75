import { LANGUAGES } from '#contracts';
import { expect, it } from 'vitest';
import { type CallbackPage, callbackPage, pageOfProblem } from './callback-page.js';

it.each<readonly [CallbackPage, string, number]>([
  ['used', 'link.state-used', 409],
  ['not-yet', 'link.nothing-linked', 409],
  ['later', 'service.unavailable', 503],
  ['later', 'provider.failed', 502],
  ['later', 'request.too-many', 429],
  ['not-valid', 'link.unknown-state', 400],
  ['not-valid', 'link.state-expired', 410],
  ['not-valid', 'connection.disconnected', 409],
])('tells a person “%s” when it is %s', (page, code, status) => {
  expect(pageOfProblem({ code, status })).toBe(page);
});

it.each(LANGUAGES)('is one page in one language: %s', (language) => {
  const pages = (['linked', 'refused', 'used', 'not-yet', 'later', 'not-valid'] as const).map((page) =>
    callbackPage(page, language),
  );
  for (const page of pages) expect(page).toContain(`<html lang="${language}">`);
  expect(new Set(pages).size).toBe(pages.length);
});
