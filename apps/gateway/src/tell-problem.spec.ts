import type { Problem } from '#platform';
import { expect, it } from 'vitest';
import { tellProblem } from './tell-problem.js';

const problem = (code: string, part: Partial<Problem> = {}): Problem => ({
  type: 'about:blank',
  title: 'Conflict',
  status: 409,
  detail: 'English words.',
  code,
  ...part,
});
const inFrench = (refused: Problem) => tellProblem(refused, 'fr').problem;

it('keeps every member but the words', () => {
  const refused = problem('connection.already-exists', { connectionId: 'c' });
  const told = inFrench(refused);
  expect(told).toEqual({ ...refused, detail: told.detail });
  expect(told.detail).toMatch(/^Ce client, ce compte et cet IBAN ont déjà une connexion\./);
});

it.each(['provider.failed', 'sync.not-accepted', 'request.invalid'])(
  'adds what the words of %s know alone',
  (code) => expect(inFrench(problem(code)).detail).toMatch(/\(Détail technique : English words\.\)$/),
);

it('leaves it to the fields to say what is wrong with them', () => {
  const errors = [
    { field: 'limit', code: 'field.too-great', parameters: { max: '500' }, message: 'must be at most 500' },
    { field: 'iban', code: 'field.of-tomorrow', message: 'must be odd' },
    { field: 'iban', message: 'must be a string' },
  ];
  const told = inFrench(problem('request.invalid', { errors }));
  expect(told.detail).not.toContain('English');
  expect(told.errors).toEqual([{ ...errors[0], message: 'doit valoir au plus 500' }, ...errors.slice(1)]);
});

it('is left as it is for whoever likes English, and where nobody knows its code', () => {
  expect(tellProblem(problem('sync.not-found'), 'en')).toEqual({
    problem: problem('sync.not-found'),
    language: 'en',
  });
  expect(tellProblem(problem('some.other'), 'fr')).toEqual({
    problem: problem('some.other'),
    language: 'en',
  });
});
