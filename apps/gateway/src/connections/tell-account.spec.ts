import type { BankAccountView } from '#contracts';
import { expect, it } from 'vitest';
import { tellAccount, tellAccounts } from './tell-account.js';

const view = (
  status: BankAccountView['status'],
  statusReason: string | null,
  problem: BankAccountView['problem'] = null,
): BankAccountView => ({ id: '7', status, statusReason, accountId: '1', problem }) as BankAccountView;

it('says in French why nothing is imported from an account', () => {
  const told = tellAccounts({ items: [view('not-shared', 'English.'), view('tracked', null)] }, 'fr');
  expect(told).toEqual({
    items: [
      view('not-shared', expect.stringMatching(/^Son titulaire ne le partage pas/) as string),
      view('tracked', null),
    ],
  });
});

it('keeps the words of the service in English', () =>
  expect(tellAccount(view('ignored', 'English.'), 'en')).toEqual(view('ignored', 'English.')));

const problemInFrench = (code: string) => {
  const problem = {
    code,
    parameters: { error: 'bug' },
    actionOwner: 'provider',
    message: 'English.',
  } as const;
  return tellAccount(view('tracked', null, problem), 'fr').problem;
};

it('says in French what is wrong with an account, as far as this version knows it', () => {
  expect(problemInFrench('account.failing')).toEqual({
    code: 'account.failing',
    parameters: { error: 'bug' },
    actionOwner: 'provider',
    message: expect.stringMatching(/compte 1 : bug.*un nouveau lien/) as string,
  });
  expect(problemInFrench('account.of-tomorrow')?.message).toBe('English.');
});
