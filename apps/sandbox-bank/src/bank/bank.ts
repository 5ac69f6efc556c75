import type { Store } from '../store.js';
import { completeRow, type BankRow, type PartialBankRow } from './bank-row.js';
import { connectorById, DEMO_CONNECTOR_ID } from './connectors.js';
import { sum } from './decimal-text.js';
import { generateRows, type AccountPlan } from './generate-rows.js';
import { isOpenable } from './iban.js';
import { rowContent, rowFromContent } from './row-content.js';

export interface BankAccount {
  readonly key: string;
  readonly id_connector: number;
  readonly parent_key: string | null;
  readonly login_key: string;
  readonly iban: string | null;
  readonly number: string;
  readonly bic: string;
  readonly name: string;
  readonly original_name: string;
  readonly type: string;
  readonly currency: string;
  readonly balance: string | null;
  readonly size: number;
  readonly days: number;
  readonly until: string;
  readonly seed: string;
  readonly listed: number;
  readonly generated: number;
  readonly closed: number;
}

export interface OpenAccount {
  readonly iban: string;
  readonly connectorId?: number;
  readonly size?: number;
  readonly days?: number;
  readonly until: string;
  readonly seed?: string;
  readonly currency?: string;
  readonly name?: string;
  readonly cardSize?: number;
  /** Shown to everybody who links this bank, not only to who asks for the IBAN. */
  readonly listed?: boolean;
}

export interface StoredRow {
  readonly row_id: number;
  readonly account_key: string;
  readonly date: string;
  readonly rdate: string;
  readonly value: string;
  readonly coming: number;
  /** 0: it is there. 1: removed, and said so. 2: removed without a word. */
  readonly deleted: number;
  readonly content: string;
  readonly override: string | null;
  readonly version: number;
}

/** An account that somebody else has thought of: a scenario. */
export interface BareAccount {
  readonly key: string;
  readonly connectorId: number;
  readonly parent: string | null;
  /** Who logs in with this sees the account. */
  readonly login: string;
  readonly iban: string | null;
  readonly number: string;
  readonly name: string;
  readonly type: string;
  readonly currency: string;
  readonly balance: string;
  readonly until: string;
  readonly seed: string;
  readonly listed: number;
}

/** Booked, still there and not spoilt: part of the balance. */
const countsOf = (row: StoredRow): boolean => row.coming === 0 && row.deleted === 0 && row.override === null;

const negated = (value: string): string => (value.startsWith('-') ? value.slice(1) : `-${value}`);

/** The banks' own books: one truth per account, whoever links it. */
export class Bank {
  constructor(
    private readonly store: Store,
    private readonly seed: string,
  ) {}

  account(key: string): BankAccount | undefined {
    return this.store.first<BankAccount>('SELECT * FROM bank_accounts WHERE key = ?', key);
  }

  /** Opens the account with its deferred card and its savings book; an account that exists is returned as it is. */
  open(request: OpenAccount): BankAccount {
    const existing = this.account(request.iban);
    if (existing) return existing;
    const connector = connectorById(request.connectorId ?? DEMO_CONNECTOR_ID);
    if (!connector) throw new Error(`There is no bank with id ${request.connectorId}.`);
    const { iban } = request;
    const common = {
      connectorId: connector.id,
      login: request.listed ? `bank-${connector.id}` : iban,
      bic: connector.bic,
      until: request.until,
      listed: request.listed ? 1 : 0,
      seed: request.seed ?? `${this.seed}:${iban}`,
      days: request.days ?? 365,
      currency: request.currency ?? 'EUR',
    };
    this.store.transaction(() => {
      this.insertAccount({ ...common, key: iban, parent: null, iban, number: iban.slice(12, 23), type: 'checking',
        name: request.name ?? 'Compte courant', originalName: 'COMPTE COURANT PRO', balance: '18342.17', size: request.size ?? 400 }); // prettier-ignore
      this.insertAccount({ ...common, key: `${iban}:card`, parent: iban, iban: null, number: `4970XXXXXXXX${iban.slice(-4)}`, type: 'card',
        name: 'Carte différée', originalName: 'CARTE BUSINESS DIFFERE', balance: '0', size: request.cardSize ?? 60 }); // prettier-ignore
      this.insertAccount({ ...common, key: `${iban}:savings`, parent: null, iban: null, number: `LIV${iban.slice(-8)}`, type: 'savings',
        name: 'Livret', originalName: 'LIVRET PRO', balance: '5000', size: 24 }); // prettier-ignore
    });
    return this.account(iban) ?? this.missing(iban);
  }

  /** The accounts that a person who logs in at this bank sees, asking for `ibans` (none: the bank's usual ones). */
  visibleAccounts(connectorId: number, ibans: readonly string[], today: string): BankAccount[] {
    const logins = new Set<string>();
    for (const iban of ibans) {
      if (!this.account(iban) && connectorId === DEMO_CONNECTOR_ID && isOpenable(iban))
        this.open({ iban, until: today });
      const account = this.account(iban);
      if (account?.id_connector === connectorId) logins.add(account.login_key);
    }
    if (ibans.length === 0) logins.add(`bank-${connectorId}`);
    return [...logins].flatMap((login) =>
      this.store.all<BankAccount>('SELECT * FROM bank_accounts WHERE login_key = ? ORDER BY rowid', login),
    );
  }

  /** Writes the account's history if nobody needed it so far. */
  ensureRows(key: string): void {
    const account = this.account(key);
    if (!account || account.generated === 1) return;
    const rows = generateRows(this.planOf(account));
    this.store.transaction(() => {
      this.insertRows(account, rows);
      this.store.run('UPDATE bank_accounts SET generated = 1 WHERE key = ?', key);
    });
  }

  /** New rows at the bank; the balance follows the booked ones. Returns their row ids. */
  post(key: string, rows: readonly PartialBankRow[], override: string | null = null): number[] {
    const account = this.account(key) ?? this.missing(key);
    this.ensureRows(key);
    const complete = rows.map(completeRow);
    return this.store.transaction(() => {
      const booked = complete.filter((row) => !row.coming).map((row) => row.value);
      if (account.balance !== null && booked.length > 0 && override === null)
        this.store.run(
          'UPDATE bank_accounts SET balance = ? WHERE key = ?',
          sum([account.balance, ...booked]),
          key,
        );
      return this.insertRows(account, complete, override);
    });
  }

  rows(key: string): StoredRow[] {
    this.ensureRows(key);
    return this.store.all<StoredRow>('SELECT * FROM bank_rows WHERE account_key = ? ORDER BY row_id', key);
  }

  row(rowId: number): StoredRow | undefined {
    return this.store.first<StoredRow>('SELECT * FROM bank_rows WHERE row_id = ?', rowId);
  }

  /** A spoilt row is whole again; the balance follows. */
  change(stored: StoredRow, changes: Partial<BankRow>): void {
    const account = this.account(stored.account_key) ?? this.missing(stored.account_key);
    const row = { ...rowFromContent(stored), ...changes };
    this.balanceBecomes(stored, row.coming || stored.deleted !== 0 ? null : row.value);
    this.store.run(
      'UPDATE bank_rows SET date = ?, rdate = ?, value = ?, coming = ?, content = ?, override = NULL, version = ? WHERE row_id = ?',
      row.date,
      row.rdate,
      row.value,
      row.coming ? 1 : 0,
      rowContent(row, account.currency),
      this.tick(),
      stored.row_id,
    );
  }

  /** The same movement as another row: the old one is removed, with or without a word. Returns the new row's id. */
  replace(stored: StoredRow, changes: Partial<BankRow>, isSilent = false): number {
    this.remove(stored.row_id, isSilent);
    const [rowId] = this.post(stored.account_key, [{ ...rowFromContent(stored), ...changes }]);
    if (rowId === undefined) throw new Error(`Row ${stored.row_id} was not replaced.`);
    return rowId;
  }

  /**
   * Books what was only announced, or some of it. Whether a row keeps its identity or is replaced by another one is
   * not documented by the provider, so both happen. Returns the rows as they are known afterwards.
   */
  postComing(
    key: string,
    day: string,
    how: {
      asNewRows: boolean;
      isSilent?: boolean;
      rowIds?: readonly number[];
      changes?: Partial<BankRow>;
    },
  ): number[] {
    const coming = this.rows(key).filter(
      (row) =>
        row.coming === 1 &&
        row.deleted === 0 &&
        (how.rowIds === undefined || how.rowIds.includes(row.row_id)),
    );
    return coming.map((stored) => {
      const booked = { date: stored.date < day ? stored.date : day, ...how.changes, coming: false };
      if (how.asNewRows) return this.replace(stored, booked, how.isSilent);
      this.change(stored, booked);
      return stored.row_id;
    });
  }

  /** The row is gone; `isSilent`: nobody is told, it is just absent from now on. */
  remove(rowId: number, isSilent = false): void {
    const stored = this.row(rowId);
    if (!stored) return;
    this.balanceBecomes(stored, null);
    this.store.run(
      'UPDATE bank_rows SET deleted = ?, version = ? WHERE row_id = ?',
      isSilent ? 2 : 1,
      this.tick(),
      rowId,
    );
  }

  /** A removed row is back. */
  restore(stored: StoredRow): void {
    if (stored.deleted === 0) return;
    this.store.run(
      'UPDATE bank_rows SET deleted = 0, version = ? WHERE row_id = ?',
      this.tick(),
      stored.row_id,
    );
    const back = this.row(stored.row_id);
    if (back && countsOf(back)) this.balanceBecomes({ ...back, deleted: 1 }, back.value);
  }

  /** One account alone, with the rows that are given. */
  openBare(account: BareAccount, rows: readonly PartialBankRow[]): BankAccount {
    const connector = connectorById(account.connectorId);
    if (!connector) throw new Error(`There is no bank with id ${account.connectorId}.`);
    if (this.account(account.key)) throw new Error(`Account ${account.key} is open already.`);
    this.store.transaction(() => {
      this.insertAccount({
        ...account,
        bic: connector.bic,
        originalName: account.name.toUpperCase(),
        size: rows.length,
        days: 365,
      });
      this.store.run('UPDATE bank_accounts SET generated = 1 WHERE key = ?', account.key);
      const stored = this.account(account.key) ?? this.missing(account.key);
      this.insertRows(stored, rows.map(completeRow));
    });
    return this.account(account.key) ?? this.missing(account.key);
  }

  /** Everything up to this version has happened at the banks. */
  version(): number {
    return this.store.first<{ version: number }>('SELECT version FROM bank_clock')?.version ?? 0;
  }

  /** What a row adds to the balance changes to `value`; `null`: nothing. */
  private balanceBecomes(stored: StoredRow, value: string | null): void {
    const account = this.account(stored.account_key);
    if (!account || account.balance === null) return;
    const parts = [account.balance];
    if (countsOf(stored)) parts.push(negated(stored.value));
    if (value !== null) parts.push(value);
    this.store.run('UPDATE bank_accounts SET balance = ? WHERE key = ?', sum(parts), account.key);
  }

  private insertRows(
    account: BankAccount,
    rows: readonly BankRow[],
    override: string | null = null,
  ): number[] {
    const version = this.tick();
    return rows.map(
      (row) =>
        this.store.run(
          'INSERT INTO bank_rows (account_key, date, rdate, value, coming, content, override, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
          account.key,
          row.date,
          row.rdate,
          row.value,
          row.coming ? 1 : 0,
          rowContent(row, account.currency),
          override,
          version,
        ).id,
    );
  }

  private planOf(account: BankAccount): AccountPlan {
    const child = this.store.first<BankAccount>(
      "SELECT * FROM bank_accounts WHERE parent_key = ? AND type = 'card'",
      account.key,
    );
    return {
      seed: `${account.seed}:${account.type}`,
      size: account.size,
      days: account.days,
      until: account.until,
      type: account.type === 'card' || account.type === 'savings' ? account.type : 'checking',
      card: account.type === 'card' ? account.number : null,
      cardPlan: child ? this.planOf(child) : null,
    };
  }

  private insertAccount(account: {
    key: string;
    connectorId: number;
    parent: string | null;
    login: string;
    iban: string | null;
    number: string;
    bic: string;
    name: string;
    originalName: string;
    type: string;
    currency: string;
    balance: string;
    size: number;
    days: number;
    until: string;
    seed: string;
    listed: number;
  }): void {
    // prettier-ignore
    this.store.run(
      `INSERT INTO bank_accounts (key, id_connector, parent_key, login_key, iban, number, bic, name, original_name, type,
        currency, balance, size, days, until, seed, listed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      account.key, account.connectorId, account.parent, account.login, account.iban, account.number, account.bic,
      account.name, account.originalName, account.type, account.currency, account.balance, account.size, account.days,
      account.until, account.seed, account.listed,
    ); // prettier-ignore
  }

  /** A new version: what happens next is after all that happened so far. */
  tick(): number {
    this.store.run('UPDATE bank_clock SET version = version + 1');
    return this.version();
  }

  private missing(key: string): never {
    throw new Error(`No bank has an account ${key}.`);
  }
}
