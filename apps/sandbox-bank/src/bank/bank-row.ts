/** One movement as a bank knows it. Days are `YYYY-MM-DD`, instants `YYYY-MM-DD HH:MM:SS` in UTC. */
export interface BankRow {
  readonly date: string;
  readonly rdate: string;
  readonly vdate: string | null;
  readonly datetime: string | null;
  readonly rdatetime: string | null;
  /** Decimal, exactly as it is to appear in JSON (`-248.9`); negative: debit. */
  readonly value: string;
  readonly type: string;
  readonly originalWording: string;
  readonly simplifiedWording: string;
  readonly coming: boolean;
  readonly card: string;
  readonly counterparty: Counterparty | null;
  readonly original: { readonly value: string; readonly currency: string } | null;
}

export interface Counterparty {
  readonly label: string;
  readonly account_scheme_name: string | null;
  readonly account_identification: string | null;
  readonly type: 'creditor' | 'debtor' | null;
}

/** What a caller must tell of a row; the rest follows from it. */
export type PartialBankRow = Pick<BankRow, 'date' | 'value'> & Partial<BankRow>;

export const completeRow = (row: PartialBankRow): BankRow => {
  const originalWording =
    row.originalWording ?? (row.value.startsWith('-') ? 'PRLV SEPA FOURNISSEUR' : 'VIR SEPA RECU CLIENT');
  return {
    rdate: row.date,
    vdate: row.date,
    datetime: null,
    rdatetime: null,
    type: row.value.startsWith('-') ? 'order' : 'transfer',
    simplifiedWording: simplify(originalWording),
    coming: false,
    card: '',
    counterparty: null,
    original: null,
    ...row,
    originalWording,
  };
};

/** The cleaned label, as the provider makes it from the bank's. */
export const simplify = (originalWording: string): string =>
  originalWording
    .replace(/^(CARTE \d\d\/\d\d|VIR SEPA RECU|VIR SEPA|VIR INST|VIR|PRLV SEPA|CHEQUE|RETRAIT DAB) /, '')
    .replace(/ (FACTURE|REF|MANDAT) .*$/, '')
    .trim() || originalWording;
