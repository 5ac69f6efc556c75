import {
  type BankAccountsView, bankIncidentText, type ConnectionView, type Page, statusReasonText,
} from '#contracts'; // prettier-ignore
import { type KnownAccount, publicStatus } from '#domain';
import { DomainError, isUuid } from '#kernel';
import { type Database, keysetPage, keysetPlace } from '#read-model';
import { type KnownConnection, type OpenCircuit, openCircuits } from '#service';
import type { AccountLooks } from '../account-looks.js';
import { accountStatus, accountView } from '../account-view.js';
import { otherLinkView } from '../link-text.js';
import { actionOwner, nextAutomaticAction } from '../next-action.js';
import { reasonOf } from '../status-reason.js';
import { CONNECTION_STATUS } from '../connection-rows.js';

interface ConnectionRow {
  readonly id: string;
  readonly state: KnownConnection;
  readonly created_at: string;
  readonly updated_at: string;
  readonly last_sync_at: string | null;
  readonly last_sync_status: ConnectionView['lastSyncStatus'];
  readonly looks: AccountLooks;
  readonly waiting_until: string | null;
}

/** When the schedule comes round next; `null`: never. */
export type NextSync = () => string | null;
const NEVER: NextSync = () => null;

type Balances = ReadonlyMap<string, string>;

/** An account that was re-created since is shown as what continues its ledger. */
const isReplaced = (account: KnownAccount, others: readonly KnownAccount[]): boolean =>
  account.trackedAs === null &&
  account.sharing !== 'shared' &&
  others.some(({ trackedAs, ledgerId }) => trackedAs !== null && ledgerId === account.ledgerId);

const statusOf = (account: KnownAccount, state: KnownConnection): string => {
  const status = accountStatus(account, state);
  return status === 'untracked' ? 'ignored' : status;
};

/** What concerns every connection of the bank, until this one has ended. */
const incidentOf = (
  { status, connectionId, opened: { provider, institutionId } }: KnownConnection,
  circuits: readonly OpenCircuit[],
): ConnectionView['bankIncident'] => {
  const open = circuits.find((each) => each.provider === provider && each.bank === institutionId);
  if (!open || status === 'disconnected') return null;
  const { failures, connections, only, until } = open;
  if (only !== null && only !== connectionId) return null;
  return { failures, connections, until, message: bankIncidentText(open, 'en') };
};

interface Beside {
  readonly balances: Balances;
  readonly circuits: readonly OpenCircuit[];
  readonly nextSync: NextSync;
}

const viewOf = (row: ConnectionRow, { balances, circuits, nextSync }: Beside): ConnectionView => {
  const { state } = row;
  const reason = reasonOf(state);
  return {
    id: row.id,
    tenantId: state.tenantId,
    companyId: state.companyId,
    provider: state.opened.provider,
    institutionId: state.opened.institutionId,
    iban: state.opened.iban,
    status: publicStatus(state),
    statusReason: reason && statusReasonText(reason, 'en'),
    statusReasonCode: reason?.code ?? null,
    statusReasonParameters: reason?.parameters ?? {},
    actionOwner: actionOwner(state),
    nextAutomaticAction: nextAutomaticAction(state, {
      nextSync: nextSync(),
      waitingUntil: row.waiting_until,
    }),
    bankIncident: incidentOf(state, circuits),
    syncEnabled: state.syncEnabled,
    syncDaysBack: state.syncDaysBack,
    accounts: state.accounts
      .filter((account) => !isReplaced(account, state.accounts))
      .map((account) => ({
        id: account.ledgerId,
        accountId: account.trackedAs,
        iban: account.iban,
        name: account.name,
        currency: account.currency,
        status: statusOf(account, state),
        refreshedAt: row.looks[account.providerAccountId]?.refreshedAt ?? null,
        balance: balances.get(account.ledgerId) ?? null,
      })),
    otherLinks: (state.otherLinks ?? []).map(otherLinkView),
    consentExpiresAt: state.consentExpiresAt,
    lastSyncAt: row.last_sync_at,
    lastSyncStatus: row.last_sync_status,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
};

const balancesOf = async (db: Database, rows: readonly ConnectionRow[]): Promise<Balances> => {
  const ledgerIds = rows.flatMap(({ state }) => state.accounts.map(({ ledgerId }) => ledgerId));
  const balances = await db.query<{ ledger_id: string; balance: string }>(
    `SELECT ledger_id, balance FROM ${CONNECTION_STATUS}.balances WHERE ledger_id = ANY($1::uuid[])`,
    [ledgerIds],
  );
  return new Map(balances.map(({ ledger_id, balance }) => [ledger_id, balance]));
};

const besides = async (db: Database, rows: readonly ConnectionRow[], nextSync: NextSync): Promise<Beside> => {
  const [balances, circuits] = await Promise.all([balancesOf(db, rows), openCircuits(db)]);
  return { balances, circuits, nextSync };
};

const rowOf = async (db: Database, id: string, scope: string | null): Promise<ConnectionRow> => {
  const rows = await db.query<ConnectionRow>(
    `SELECT * FROM ${CONNECTION_STATUS}.connections WHERE id = $1 AND ($2::text IS NULL OR tenant_id = $2)`,
    [isUuid(id) ? id : null, scope],
  );
  const [row] = rows;
  if (!row) throw new DomainError('connection.not-found', 'There is no such connection.');
  return row;
};

/** @throws {DomainError} `connection.not-found`: none, or another tenant's */
export const connectionById = async (
  db: Database,
  id: string,
  scope: string | null,
  nextSync: NextSync = NEVER,
): Promise<ConnectionView> => {
  const row = await rowOf(db, id, scope);
  return viewOf(row, await besides(db, [row], nextSync));
};

/** All bank accounts that the connection knows of. @throws {DomainError} `connection.not-found`: none, or another tenant's */
export const accountsOfConnection = async (
  db: Database,
  id: string,
  scope: string | null,
): Promise<BankAccountsView> => {
  const { state, looks } = await rowOf(db, id, scope);
  return { items: state.accounts.map((account) => accountView(account, state, looks)) };
};

export interface ConnectionsFilter {
  readonly scope: string | null;
  readonly status?: string | null | undefined;
  readonly limit: number;
  readonly cursor?: string | null | undefined;
}

/** Connections, newest first. */
export const listConnections = async (
  db: Database,
  filter: ConnectionsFilter,
  nextSync: NextSync = NEVER,
): Promise<Page<ConnectionView>> => {
  const place = keysetPlace(filter.cursor);
  const rows = await db.query<ConnectionRow>(
    `SELECT * FROM ${CONNECTION_STATUS}.connections
     WHERE ($1::text IS NULL OR tenant_id = $1) AND ($2::text IS NULL OR status = $2)
       AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $5`,
    [filter.scope, filter.status ?? null, place?.[0] ?? null, place?.[1] ?? null, filter.limit + 1],
  );
  const page = keysetPage(rows, filter.limit, ({ created_at, id }) => [created_at, id]);
  const beside = await besides(db, page.rows, nextSync);
  return { items: page.rows.map((row) => viewOf(row, beside)), nextCursor: page.nextCursor };
};
