import { disableAccount, discoverAccount, enableAccount } from '../aggregator/accounts.js';
import { setConnectionState } from '../aggregator/connection-state.js';
import { deleteUser } from '../aggregator/delete-user.js';
import { eraseConnection } from '../aggregator/erase-connection.js';
import { repairConnection } from '../aggregator/link-connection.js';
import { setOverride } from '../aggregator/overrides.js';
import { recreateAccounts } from '../aggregator/recreate-accounts.js';
import { reissueTransactions } from '../aggregator/reissue-transactions.js';
import { revokePermanentTokens } from '../aggregator/tokens.js';
import { everydayRow } from '../bank/everyday-row.js';
import { randomFrom } from '../bank/random.js';
import { badRow, overriddenRow } from '../control/bad-rows.js';
import type { Step, StepName, Told } from './scenario.js';
import { loginOf } from './login.js';
import type { Story } from './story.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Actions = { readonly [Name in StepName]: (story: Story, told: Told<Name>) => void };

const setClosed = (story: Story, ref: string, isClosed: boolean): void => {
  story.sandbox.store.run(
    'UPDATE bank_accounts SET closed = ? WHERE key = ?',
    isClosed ? 1 : 0,
    story.account(ref).key,
  );
};

const ACTIONS: Actions = {
  settings: (story, told) => story.sandbox.manners.change(story.id, told),

  post: (story, { account, rows }) => story.post(story.account(account), rows),

  generate: (story, { account, count }) => {
    const { bank } = story.sandbox;
    const { key, seed } = story.account(account);
    const random = randomFrom(`${seed}:generated:${story.today}:${bank.rows(key).length}`);
    const date = story.today;
    bank.post(
      key,
      Array.from({ length: count }, () => ({ ...everydayRow(random, date), date })),
    );
  },

  book: (story, { row, account, id, tombstone, ...words }) => {
    const { bank } = story.sandbox;
    const keys = row === undefined ? [] : [story.row(row).account_key];
    if (row === undefined)
      keys.push(
        ...(account === undefined ? story.accounts().map(({ key }) => key) : [story.account(account).key]),
      );
    for (const key of keys) {
      const announced = bank
        .rows(key)
        .filter((each) => each.coming === 1 && each.deleted === 0)
        .map((each) => each.row_id)
        .filter((rowId) => row === undefined || rowId === story.row(row).row_id);
      const booked = bank.postComing(key, story.today, {
        asNewRows: id === 'new',
        isSilent: tombstone === false,
        rowIds: announced,
        changes: story.rowWords(words),
      });
      announced.forEach((was, index) => story.renumber(was, booked[index] ?? was));
    }
  },

  change: (story, { row, id, tombstone, ...words }) => {
    const { bank } = story.sandbox;
    const stored = story.row(row);
    if (id === 'new')
      story.renumber(stored.row_id, bank.replace(stored, story.rowWords(words), tombstone === false));
    else bank.change(stored, story.rowWords(words));
  },

  delete: (story, { row, tombstone }) =>
    story.sandbox.bank.remove(story.row(row).row_id, tombstone === false),

  restore: (story, { row }) => story.sandbox.bank.restore(story.row(row)),

  spoil: (story, { account, kinds = [], overrides = [] }) => {
    const bad = [
      ...kinds.map((kind) => badRow(kind, story.today)),
      ...overrides.map((override) => overriddenRow(override, story.today)),
    ];
    for (const { row, override } of bad.filter((each) => each !== undefined))
      story.sandbox.bank.post(story.account(account).key, [row], override);
  },

  mend: (story, { account }) => {
    const { bank, store } = story.sandbox;
    const keys =
      account === undefined ? story.accounts().map(({ key }) => key) : [story.account(account).key];
    for (const key of keys)
      for (const row of bank.rows(key)) {
        if (row.override !== null) bank.change(row, {});
        // What was re-issued, or is of an account that was re-created, is read no more, but still listed.
        store.run(
          `UPDATE transactions SET override = NULL WHERE abs(row_id) = ? AND override IS NOT NULL
             AND (row_id < 0 OR id_account IN (SELECT id FROM accounts WHERE deleted IS NOT NULL))`,
          row.row_id,
        );
      }
  },

  reissue: (story, { account, rows, tombstone }) => {
    const rowIds = rows?.map((ref) => story.row(ref).row_id);
    for (const copy of story.copies(account).toReversed())
      if (copy.disabled === null && copy.deleted === null)
        reissueTransactions(story.sandbox, copy.id, { rowIds, isSilent: tombstone === false });
  },

  recreate: (story, { account, enabled, old, withoutIban }) => {
    const keys =
      account === undefined ? story.accounts().map(({ key }) => key) : [story.account(account).key];
    for (const connection of story.connections())
      recreateAccounts(story.sandbox, connection, {
        keys,
        enabled: enabled ?? true,
        old: old ?? 'deleted',
        withoutIban: withoutIban ?? false,
      });
  },

  discover: (story, { account }) => {
    const connections = story.connections();
    const bank = story.account(account);
    story.sandbox.store.run(
      'UPDATE bank_accounts SET login_key = ? WHERE key = ?',
      loginOf(story.id, bank.listed === 1, bank.id_connector),
      bank.key,
    );
    for (const connection of connections) discoverAccount(story.sandbox, connection, bank);
  },

  close: (story, { account }) => setClosed(story, account, true),
  reopen: (story, { account }) => setClosed(story, account, false),

  disable: (story, { account }) => {
    for (const copy of story.copies(account))
      if (copy.disabled === null && copy.deleted === null) disableAccount(story.sandbox, copy.id);
  },

  enable: (story, { account }) => {
    for (const copy of story.copies(account))
      if (copy.disabled !== null && copy.deleted === null) enableAccount(story.sandbox, copy.id);
  },

  override: (story, { set, omit, ...what }) => {
    const subjects =
      'account' in what
        ? [`account:${story.account(what.account).key}`]
        : story.connections().map(({ id }) => `connection:${id}`);
    const override = set === undefined && omit === undefined ? null : { set, omit };
    for (const subject of subjects) setOverride(story.sandbox.store, subject, override);
  },

  state: (story, { is, active, message, fields, nextTryHours, healsAfterHours }) => {
    for (const { id } of story.connections()) {
      if (active !== undefined)
        story.sandbox.store.run('UPDATE connections SET active = ? WHERE id = ?', active ? 1 : 0, id);
      setConnectionState(story.sandbox, id, {
        state: is,
        errorMessage: message,
        fields,
        nextTryHours,
        healsAfterHours,
      });
    }
  },

  repair: (story) => {
    for (const { id } of story.connections()) repairConnection(story.sandbox, id);
  },

  consent: (story, { expiresInDays }) => {
    for (const { id } of story.connections())
      story.sandbox.store.run(
        'UPDATE connections SET expire_ms = ? WHERE id = ?',
        story.sandbox.now() + Math.round(expiresInDays * DAY_MS),
        id,
      );
  },

  stall: (story) => {
    for (const { id } of story.connections())
      story.sandbox.store.run('UPDATE connections SET next_try_ms = NULL WHERE id = ?', id);
  },

  sync: (story) => {
    for (const { id } of story.connections()) story.sandbox.syncs.runNow(id);
  },

  fault: (story, told) => {
    const fault = {
      kind: told.kind,
      times: told.times ?? 1,
      skip: told.skip ?? 0,
      untilMs: told.forHours === undefined ? null : story.sandbox.now() + Math.round(told.forHours * HOUR_MS),
      path: told.path ?? '',
      method: told.method ?? null,
      delayMs: told.delayMs ?? null,
      retryAfterSeconds: told.retryAfter === undefined ? 1 : told.retryAfter,
      status: told.status ?? 500,
      code: told.code ?? 'bug',
      body: told.body ?? null,
    };
    for (const userId of told.own === true ? story.userIds() : [null])
      story.sandbox.faults.plan({ ...fault, userId });
  },

  clearFaults: (story, { own }) => story.sandbox.faults.clear(own === true ? story.userIds() : undefined),

  webhooks: (story, { duplicated, paused, held, lateHours, release, times, fault }) => {
    const { settings, outbox } = story.sandbox;
    if (duplicated !== undefined) settings.webhooksDuplicated = duplicated;
    if (paused !== undefined) settings.webhooksPaused = paused;
    if (held !== undefined) settings.webhooksHeld = held;
    if (lateHours !== undefined) settings.webhooksLateMs = Math.round(lateHours * HOUR_MS);
    if (fault !== undefined) settings.webhookFault = fault;
    if (release !== undefined) void outbox.sendWithheld(release, times);
  },

  webhook: (story, { event, body }) => story.sandbox.outbox.add(event, 0, null, body),

  revokeTokens: (story) => {
    for (const connection of story.connections()) revokePermanentTokens(story.sandbox, connection.id_user);
  },

  deleteConnection: (story) => {
    for (const connection of story.connections()) eraseConnection(story.sandbox, connection);
  },

  deleteUser: (story) => {
    for (const id of story.userIds()) deleteUser(story.sandbox, id);
  },
};

/** Lets one step happen, now. */
export const playStep = (story: Story, step: Step): void => {
  const [name, told] = Object.entries(step)[0] as [StepName, never];
  ACTIONS[name](story, told);
};

export const nameOfStep = (step: Step): StepName => Object.keys(step)[0] as StepName;
