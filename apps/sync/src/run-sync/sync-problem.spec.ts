import { DomainError } from '#kernel';
import { ProviderError } from '#providers';
import { ProviderNotConfigured } from '#service';
import { generateKey, Vault } from '#vault';
import { describe, expect, it } from 'vitest';
import { connectionProblemOf, isPassing, nothingTracked, problemOf } from './sync-problem.js';

const refusal = (): unknown => {
  try {
    return new Vault(generateKey()).open(new Vault(generateKey()).seal('token'));
  } catch (error) {
    return error;
  }
};

describe('the problem of a run', () => {
  it('is a code of the provider and words with a next step', () =>
    expect(
      problemOf(new ProviderError('needs-user', 'powens.action-needed', 'The bank asks for a code.')),
    ).toMatchObject({
      code: 'powens.action-needed',
      message: expect.stringMatching(
        /^The account holder must act .*\(POST .*\)\. \(Technical detail: The bank asks for a code\.\)$/,
      ) as string,
      parameters: { detail: 'The bank asks for a code.' },
    }));

  it('holds no half of a character, whatever was cut', () =>
    expect(problemOf(new ProviderError('bug', 'powens.bank-message', 'Ici \uD83D'))).toMatchObject({
      parameters: { detail: 'Ici \uFFFD' },
    }));

  it('stays what it is when it is one already', () => {
    const problem = nothingTracked();
    expect(problemOf(problem)).toBe(problem);
  });

  // Otherwise such a run is tried until its deadline, and ends with words that tell nobody what to mend.
  it('names the key that is missing, and the provider that is not configured', () => {
    expect(problemOf(refusal())).toMatchObject({ code: 'vault.unknown-key' });
    expect(problemOf(new ProviderNotConfigured('tink'))).toMatchObject({ code: 'provider.not-configured' });
  });

  it.each([new Error('a bug'), new DomainError('connection.disconnected', 'Gone.')])(
    'is nothing for history: %s',
    (error) => expect(problemOf(error)).toBeUndefined(),
  );

  it('may pass by itself only when the provider says so', () => {
    expect(isPassing(new ProviderError('retry', 'powens.timeout', 'x'))).toBe(true);
    expect(isPassing(new ProviderError('permanent', 'powens.timeout', 'x'))).toBe(false);
    expect(isPassing(refusal())).toBe(false);
  });
});

const failed = (kind: ProviderError['kind'], code: ProviderError['code'] = 'powens.action-needed') =>
  new ProviderError(kind, code, 'No.');

describe('the problem of a connection', () => {
  it('is a refusal that somebody must cure', () => {
    expect(connectionProblemOf(failed('needs-user'))).toEqual({
      code: 'powens.action-needed',
      owner: 'user',
    });
    expect(connectionProblemOf(failed('permanent'))).toEqual({
      code: 'powens.action-needed',
      owner: 'nobody',
    });
  });

  it.each([
    failed('retry'),
    failed('retry-after'),
    failed('bug'),
    failed('permanent', 'powens.client-refused'),
    new Error('x'),
  ])('is not %s, which says nothing of this connection', (error) =>
    expect(connectionProblemOf(error)).toBeUndefined(),
  );
});
