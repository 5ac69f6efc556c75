import { canonicalJson } from '#kernel';
import type { TransactionContent } from '../bank-transaction.js';
import { isSameKey, liveKeyOf } from './keys.js';
import type { Amendment, AmendmentKind, FieldChange, FormerKey, LedgerTransaction } from './ledger.events.js';
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

const kindOf = (known: LedgerRow, now: LedgerTransaction, usual: AmendmentKind): AmendmentKind => {
  if (known.removed) return 'restored';
  return known.transaction.status === 'pending' && now.status === 'booked' ? 'booked' : usual;
};

/** What changed between the ledger's row and the bank's under a live key, or `undefined` when nothing that matters did. */
export const amendmentOf = (known: LedgerRow, now: LedgerTransaction): Amendment | undefined => {
  const changes = changesBetween(known.transaction, now);
  if (changes.length === 0) return undefined;
  return { kind: kindOf(known, now, 'corrected'), transaction: now, changes };
};

const formerKeyOf = (known: LedgerRow, now: LedgerTransaction): FormerKey | undefined => {
  const replaced = liveKeyOf(known, now.providerAccountId);
  const former = replaced ?? known.transaction;
  if (isSameKey(former, now)) return undefined;
  const { providerAccountId, providerTransactionId } = former;
  return { providerAccountId, providerTransactionId, ended: replaced !== undefined };
};

/** The row is shown under a key that it does not have, or that had ended: news, whether anything else changed or not. */
export const recognitionOf = (known: LedgerRow, now: LedgerTransaction): Amendment => {
  const formerKey = formerKeyOf(known, now);
  return {
    kind: kindOf(known, now, 're-identified'),
    transaction: now,
    changes: changesBetween(known.transaction, now),
    ...(formerKey ? { formerKey } : {}),
  };
};

/** Two equal rows change their ids of one provider account: neither id has ended. */
export const exchangeOf = (known: LedgerRow, now: LedgerTransaction): Amendment => {
  const { formerKey, ...recognition } = recognitionOf(known, now);
  return { ...recognition, ...(formerKey ? { formerKey: { ...formerKey, ended: false } } : {}) };
};
