import type { KnownAccount } from '#domain';
import { inParallel } from '../in-parallel.js';

/** Ledgers that one run writes to at once: while the log answers for one, another is decided. */
const LEDGERS_AT_ONCE = 4;

/** Some ledgers at once; accounts of one ledger one after the other. */
export const ledgerByLedger = async (
  accounts: readonly KnownAccount[],
  work: (account: KnownAccount) => Promise<void>,
): Promise<void> => {
  const ledgers = new Set(accounts.map(({ ledgerId }) => ledgerId));
  await inParallel(ledgers, LEDGERS_AT_ONCE, async (ledgerId) => {
    for (const account of accounts) if (account.ledgerId === ledgerId) await work(account);
  });
};
