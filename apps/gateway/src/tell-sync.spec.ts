import type { SyncView } from '#contracts';
import { expect, it } from 'vitest';
import { tellSync } from './tell-sync.js';

const problem = {
  code: 'powens.unavailable',
  parameters: { detail: 'Powens answered 503.' },
  actionOwner: 'time',
  message: 'English.',
} as const;
const retry = { attempt: 2, at: '2026-03-01T10:00:00.000Z', problem };
const view = (part: Partial<SyncView>): SyncView =>
  ({ status: 'pending', problems: [], refresh: null, errorMessage: null, retry: null, ...part }) as SyncView;

it('tells in French what the last attempt of a run failed of', () => {
  const told = tellSync(view({ retry }), 'fr');
  const message = expect.stringMatching(/^(?!.*English).*Powens answered 503\./) as string;
  expect(told.retry).toEqual({ ...retry, problem: { ...problem, message } });
});

it('has nothing to tell of a run that is at work, and nothing to translate in English', () => {
  expect(tellSync(view({}), 'fr').retry).toBeNull();
  expect(tellSync(view({ retry }), 'en').retry).toEqual(retry);
});
