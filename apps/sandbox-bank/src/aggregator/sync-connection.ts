import type { Sandbox } from '../sandbox.js';
import { parisTimestamp } from '../timestamps.js';
import { accountsOf, type StoredAccount } from './accounts.js';
import { findConnection, type StoredConnection } from './connections.js';
import { accountsFetchedBody, accountSyncedBody, connectionSyncedBody } from './sync-bodies.js';
import { syncAccount } from './sync-account.js';

const DAY_MS = 86_400_000;

/** Up to which version each account was known before the sync. */
type Versions = ReadonlyMap<number, number>;

interface HalfSync {
  readonly began_ms: number;
  readonly is_told: number;
  readonly before: string;
}

const allOf = (sandbox: Sandbox, { id }: StoredConnection): StoredAccount[] =>
  accountsOf(sandbox, { connectionId: id, all: true });

const versionsOf = (accounts: readonly StoredAccount[]): Versions =>
  new Map(accounts.map((account) => [account.id, account.synced_version]));

const isReadable = ({ state, active }: StoredConnection): boolean => state === null && active === 1;

const hearsAll = ({ manners }: Sandbox, { id_user: userId }: StoredConnection): boolean =>
  manners.of(userId).webhookEvents === 'all';

/** The accounts that are shared and that no others stand for. */
const shared = (sandbox: Sandbox, connection: StoredConnection): StoredAccount[] => {
  const accounts = allOf(sandbox, connection);
  const isRecreated = (account: StoredAccount): boolean =>
    accounts.some((other) => other.account_key === account.account_key && other.id > account.id);
  return accounts.filter((account) => account.disabled === null && !isRecreated(account));
};

const readAccounts = (
  sandbox: Sandbox,
  connection: StoredConnection,
  accounts: readonly StoredAccount[],
  how: { readonly timestamp: string; readonly part: 'half' | 'whole' },
): void => {
  for (const account of accounts) {
    syncAccount(sandbox, account, how.timestamp, how.part);
    if (hearsAll(sandbox, connection) && isWhole(sandbox, account))
      sandbox.outbox.addRaw('ACCOUNT_SYNCED', connection.id_user, connection.id, () =>
        accountSyncedBody(sandbox, account.id, account.synced_version),
      );
  }
};

/** Nothing of what its bank has is held back. */
const isWhole = ({ store }: Sandbox, { id }: StoredAccount): boolean =>
  store.first(
    `SELECT 1 FROM accounts a JOIN bank_rows b ON b.account_key = a.account_key AND b.version > a.synced_version
     JOIN bank_accounts k ON k.key = a.account_key AND k.closed = 0 WHERE a.id = ? LIMIT 1`,
    id,
  ) === undefined;

const planNext = ({ store, now }: Sandbox, { id }: StoredConnection): void => {
  store.run('UPDATE connections SET next_try_ms = ? WHERE id = ?', now() + DAY_MS, id);
};

/** When a connection in trouble is tried again by itself, if it is at all: a refused password less and less often. */
const planNextTry = ({ store, now }: Sandbox, connection: StoredConnection): void => {
  if (connection.next_try_ms === null || connection.next_try_ms > now()) return;
  const later = connection.state === 'wrongpass' ? 7 * DAY_MS : DAY_MS;
  store.run('UPDATE connections SET next_try_ms = ? WHERE id = ?', now() + later, connection.id);
};

const markRead = ({ store, now }: Sandbox, { id }: StoredConnection): void => {
  store.run(
    'UPDATE connections SET last_update = ?, synced_ms = ? WHERE id = ?',
    parisTimestamp(now()),
    now(),
    id,
  );
};

const tell = (sandbox: Sandbox, { id, id_user: userId }: StoredConnection, before: Versions): void =>
  sandbox.outbox.addRaw('CONNECTION_SYNCED', userId, id, () => connectionSyncedBody(sandbox, id, before));

const readAll = (sandbox: Sandbox, connection: StoredConnection): void => {
  const { manners, now, outbox, store } = sandbox;
  const { syncHalves, syncHalvesApartMs, syncHalvesApartRequests } = manners.of(connection.id_user);
  const before = versionsOf(allOf(sandbox, connection));
  if (hearsAll(sandbox, connection))
    outbox.addRaw('ACCOUNTS_FETCHED', connection.id_user, connection.id, () =>
      accountsFetchedBody(sandbox, connection.id),
    );
  const accounts = shared(sandbox, connection);
  const part = syncHalves === 'off' ? 'whole' : 'half';
  readAccounts(sandbox, connection, accounts, { timestamp: parisTimestamp(now()), part });
  planNext(sandbox, connection);
  const isHalf = part === 'half' && !accounts.every((account) => isWhole(sandbox, account));
  const isToldNow = !isHalf || syncHalves === 'told-after-first';
  if (isHalf)
    store.run(
      'INSERT INTO half_syncs VALUES (?, ?, ?, ?, ?, ?, ?)',
      connection.id,
      connection.id_user,
      now(),
      now() + syncHalvesApartMs,
      syncHalvesApartRequests,
      isToldNow ? 1 : 0,
      JSON.stringify([...before]),
    );
  if (!isToldNow) return;
  markRead(sandbox, connection);
  tell(sandbox, connection, before);
};

/** The second half of a sync that has shown the first one, if there is such a sync. What it shows bears the time of its beginning. */
export const endSync = (sandbox: Sandbox, connectionId: number): void =>
  sandbox.store.transaction(() => {
    const { store } = sandbox;
    const half = store.first<HalfSync>('SELECT * FROM half_syncs WHERE id_connection = ?', connectionId);
    if (!half) return;
    store.run('DELETE FROM half_syncs WHERE id_connection = ?', connectionId);
    const connection = findConnection(sandbox, connectionId);
    if (!connection) return;
    const before: Versions = new Map(JSON.parse(half.before) as [number, number][]);
    if (isReadable(connection)) {
      const unread = shared(sandbox, connection).filter(
        (account) => before.get(account.id) === account.synced_version,
      );
      const timestamp = parisTimestamp(half.began_ms);
      readAccounts(sandbox, connection, unread, { timestamp, part: 'whole' });
      if (half.is_told === 0) markRead(sandbox, connection);
    }
    if (half.is_told === 0) tell(sandbox, connection, before);
  });

/** A request of this user: after some of them the second half of a sync is there, wherever the clock stands. */
export const countRequest = (sandbox: Sandbox, userId: number): void => {
  const { store } = sandbox;
  const waiting = store.all<{ id: number; left: number }>(
    'SELECT id_connection AS id, requests_left AS left FROM half_syncs WHERE id_user = ? AND requests_left > 0',
    userId,
  );
  for (const { id, left } of waiting)
    if (left === 1) endSync(sandbox, id);
    else store.run('UPDATE half_syncs SET requests_left = ? WHERE id_connection = ?', left - 1, id);
};

/** One sync of one connection with its bank. In an error state nothing is read, but the webhook is sent all the same. */
export const syncConnection = (sandbox: Sandbox, connectionId: number): void =>
  sandbox.store.transaction(() => {
    endSync(sandbox, connectionId);
    const connection = findConnection(sandbox, connectionId);
    if (!connection) return;
    sandbox.store.run('UPDATE connections SET sync_due_ms = NULL WHERE id = ?', connectionId);
    if (isReadable(connection)) return readAll(sandbox, connection);
    planNextTry(sandbox, connection);
    tell(sandbox, connection, versionsOf(allOf(sandbox, connection)));
  });
