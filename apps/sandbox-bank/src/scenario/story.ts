import type { Sandbox } from '../sandbox.js';
import type { StoredAccount } from '../aggregator/accounts.js';
import { findConnection, type StoredConnection } from '../aggregator/connections.js';
import type { BankAccount, StoredRow } from '../bank/bank.js';
import type { BankRow, PartialBankRow } from '../bank/bank-row.js';
import { simplify } from '../bank/bank-row.js';
import { addDays } from '../bank/days.js';
import { parisTimestamp } from '../timestamps.js';
import type { ScenarioRow, Told } from './scenario.js';

type RowWords = Omit<Told<'change'>, 'row' | 'id' | 'tombstone'> & { readonly coming?: boolean };

const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;

/** A scenario while it is played: its names, and what they stand for in the bank and at the provider. */
export class Story {
  constructor(
    readonly sandbox: Sandbox,
    readonly id: string,
  ) {}

  /** The day in Paris. */
  get today(): string {
    return parisTimestamp(this.sandbox.now()).slice(0, 10);
  }

  account(ref: string): BankAccount {
    const found = this.sandbox.store.first<BankAccount>(
      'SELECT b.* FROM bank_accounts b JOIN scenario_accounts s ON s.account_key = b.key WHERE s.id_scenario = ? AND s.ref = ?',
      this.id,
      ref,
    );
    if (!found) throw new Error(`Scenario ${this.id} has no account "${ref}".`);
    return found;
  }

  accounts(): (BankAccount & { ref: string })[] {
    return this.sandbox.store.all<BankAccount & { ref: string }>(
      'SELECT b.*, s.ref FROM bank_accounts b JOIN scenario_accounts s ON s.account_key = b.key WHERE s.id_scenario = ? ORDER BY s.rowid',
      this.id,
    );
  }

  row(ref: string): StoredRow {
    const found = this.sandbox.store.first<StoredRow>(
      'SELECT b.* FROM bank_rows b JOIN scenario_rows s ON s.row_id = b.row_id WHERE s.id_scenario = ? AND s.ref = ?',
      this.id,
      ref,
    );
    if (!found) throw new Error(`Scenario ${this.id} has no row "${ref}".`);
    return found;
  }

  nameRow(ref: string, rowId: number): void {
    this.sandbox.store.run('INSERT OR REPLACE INTO scenario_rows VALUES (?, ?, ?)', this.id, ref, rowId);
  }

  /** The name stays with the movement when another row stands for it. */
  renumber(was: number, is: number): void {
    this.sandbox.store.run(
      'UPDATE scenario_rows SET row_id = ? WHERE id_scenario = ? AND row_id = ?',
      is,
      this.id,
      was,
    );
  }

  /** The account's copies at the provider, or those of all accounts; newest id first where there are several. */
  copies(ref: string | undefined): StoredAccount[] {
    const keys = (ref === undefined ? this.accounts() : [this.account(ref)]).map(({ key }) => key);
    return this.sandbox.store.all<StoredAccount>(
      `SELECT * FROM accounts WHERE account_key IN (${keys.map(() => '?').join(', ')}) ORDER BY id DESC`,
      ...keys,
    );
  }

  /** Everybody's connections that hold an account of this bank. */
  connections(): StoredConnection[] {
    const ids = [...new Set(this.copies(undefined).map((copy) => copy.id_connection))].sort((a, b) => a - b);
    return ids.map((id) => findConnection(this.sandbox, id)).filter((connection) => connection !== undefined);
  }

  /** Everybody who holds an account of this bank. */
  userIds(): number[] {
    return [...new Set(this.connections().map((connection) => connection.id_user))];
  }

  /** A day by its name, or counted from `from`. */
  day(told: string | number, from = this.today): string {
    return typeof told === 'number' ? addDays(from, told) : told;
  }

  /** Members of a bank row as a scenario tells them. */
  rowWords(told: RowWords, from = this.today): Partial<BankRow> {
    const { wording, counterparty, date, rdate, vdate } = told;
    return withoutUndefined({
      date: date === undefined ? undefined : this.day(date, from),
      rdate: rdate === undefined ? undefined : this.day(rdate, from),
      vdate: vdate === undefined || vdate === null ? vdate : this.day(vdate, from),
      value: told.value,
      originalWording: wording,
      simplifiedWording: wording === undefined ? undefined : simplify(wording),
      type: told.type,
      datetime: told.datetime,
      card: told.card,
      coming: told.coming,
      original: told.original,
      counterparty:
        counterparty === undefined || counterparty === null
          ? counterparty
          : {
              label: counterparty.label,
              account_scheme_name: counterparty.iban === undefined ? null : 'iban',
              account_identification: counterparty.iban ?? null,
              type: counterparty.type ?? null,
            },
    });
  }

  wholeRow(told: ScenarioRow, from = this.today): PartialBankRow {
    return { date: from, value: told.value, ...this.rowWords(told, from) };
  }

  /** Posts rows with their copies and remembers the names of those that have one. */
  post(account: BankAccount, rows: readonly ScenarioRow[]): void {
    for (const row of rows) {
      const copies = Array.from({ length: row.copies ?? 1 }, () => this.wholeRow(row));
      const [first] = this.sandbox.bank.post(account.key, copies);
      if (row.ref !== undefined && first !== undefined) this.nameRow(row.ref, first);
    }
  }
}
