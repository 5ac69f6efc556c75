import { canonicalJson } from '#kernel';
import type { TransactionContent } from '../bank-transaction.js';
import type { Amendment, AmendmentKind, FieldChange, LedgerTransaction } from './ledger.events.js';
import type { LedgerRow } from './ledger.state.js';

const FIELDS = [
  'status', 'bookedOn', 'valueOn', 'transactedOn', 'amount', 'currency', 'label', 'originalLabel', 'type', 'counterparty',
] as const satisfies readonly (keyof TransactionContent)[]; // prettier-ignore

const changesBetween = (before: TransactionContent, after: TransactionContent): readonly FieldChange[] =>
  FIELDS.filter((field) => canonicalJson(before[field]) !== canonicalJson(after[field])).map((field) => ({
    field,
    before: before[field],
    after: after[field],
  }));

const kindOf = (known: LedgerRow, now: LedgerTransaction): AmendmentKind => {
  if (known.removed) return 'restored';
  return known.transaction.status === 'pending' && now.status === 'booked' ? 'booked' : 'corrected';
};

/** What changed between the ledger's row and the bank's, or `undefined` when nothing that matters did. */
export const amendmentOf = (known: LedgerRow, now: LedgerTransaction): Amendment | undefined => {
  const changes = changesBetween(known.transaction, now);
  if (changes.length === 0 && !known.removed) return undefined;
  return { kind: kindOf(known, now), transaction: now, changes };
};
