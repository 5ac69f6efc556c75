import type { BankAccountView } from '#contracts';

/** Import a bank account from here on (`map`: into a ledger that exists), or nothing of it. */
export class DecideOnAccount {
  readonly type = 'DecideOnAccount';
  constructor(
    readonly connectionId: string,
    readonly scope: string | null,
    readonly providerAccountId: string,
    readonly decision:
      | { readonly action: 'ignore' }
      | { readonly action: 'track'; readonly accountId: string | null; readonly ledgerId: string | null },
  ) {}
}

export interface DecidedAccount {
  readonly account: BankAccountView;
  readonly position: bigint | null;
}
