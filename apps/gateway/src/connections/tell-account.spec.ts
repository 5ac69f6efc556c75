import type { BankAccountView } from '#contracts';
import { expect, it } from 'vitest';
import { tellAccount, tellAccounts } from './tell-account.js';

const view = (status: BankAccountView['status'], statusReason: string | null): BankAccountView =>
  ({ id: '7', status, statusReason }) as BankAccountView;

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
