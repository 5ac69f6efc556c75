import { expect, it } from 'vitest';
import { errorOfAnswer } from './powens-error.js';

const body = (code: string) => new TextEncoder().encode(JSON.stringify({ code }));
const call = { label: 'GET /users/me/transactions', credentials: 'user', secrets: [] } as const;

it.each([
  [408, ''],
  [500, ''],
  [503, ''],
  [400, 'websiteUnavailable'],
  [400, 'bug'],
])('says of a passing failure what it is, and leaves to the run what comes next: %i %s', (status, code) => {
  const error = errorOfAnswer({ status, retryAfterMs: undefined, body: body(code) }, call);
  expect(error.kind).toBe('retry');
  expect(error.message).not.toMatch(/again/);
});
