import type { TransactionContent } from '#domain';

type Content = TransactionContent;

/** A content without the names of its fields. Another order, or another field, needs a migration that empties the table. */
type Values = readonly [
  Content['status'], Content['bookedOn'], Content['valueOn'], Content['transactedOn'], Content['amount'],
  Content['currency'], Content['label'], Content['originalLabel'], Content['type'], Content['counterparty'],
]; // prettier-ignore

export const contentText = (content: Content): string => {
  const values: Values = [
    content.status, content.bookedOn, content.valueOn, content.transactedOn, content.amount,
    content.currency, content.label, content.originalLabel, content.type, content.counterparty,
  ]; // prettier-ignore
  return JSON.stringify(values);
};

export const contentOf = (text: string): Content => {
  const [
    status,
    bookedOn,
    valueOn,
    transactedOn,
    amount,
    currency,
    label,
    originalLabel,
    type,
    counterparty,
  ] = JSON.parse(text) as Values;
  return {
    status, bookedOn, valueOn, transactedOn, amount, currency, label, originalLabel, type, counterparty,
  }; // prettier-ignore
};
