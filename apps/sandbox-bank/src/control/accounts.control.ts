import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { setOverride } from '../aggregator/overrides.js';
import type { BankAccount } from '../bank/bank.js';
import { everydayRow } from '../bank/everyday-row.js';
import { ibanFault, normaliseIban } from '../bank/iban.js';
import { randomFrom } from '../bank/random.js';
import { bodyOf, idOf, queryOf, textOf } from '../api/request-context.js';
import { parisTimestamp } from '../timestamps.js';
import { BAD_ROW_KINDS, badRow, overriddenRow } from './bad-rows.js';
import {
  BadCall,
  choiceIn,
  dayIn,
  decimalIn,
  flagIn,
  idsIn,
  mappingIn,
  numberIn,
  onlyMembers,
  overrideIn,
  ROW_MEMBERS,
  rowChanges,
  textsIn,
  wholeRow,
} from './input.js';
import { takes } from './known-members.js';
import { truthOf } from './truth.js';

/** A century. */
const MOST_DAYS = 36_525;

const OPENING = [
  'iban',
  'count',
  'days',
  'until',
  'seed',
  'currency',
  'name',
  'connectorId',
  'cardCount',
  'listed',
];
const CHANGE = [...ROW_MEMBERS, 'id', 'tombstone', 'sync'];
const BOOKING = ['variant', 'tombstone', 'rowIds', 'changes', 'sync'];
const SYNC = ['sync'];
/** In an address. */
const FLAGS = ['true', 'false'] as const;

/** What happens at the banks: accounts, movements, corrections. By default every connection hears of it at once. */
export const accountsControl = (app: FastifyInstance, sandbox: Sandbox): void => {
  const { bank, store, syncs } = sandbox;
  const today = (): string => parisTimestamp(sandbox.now()).slice(0, 10);

  const accountOf = (request: FastifyRequest): BankAccount => {
    const key = (request.params as { key: string }).key.replace(/\s+/g, '');
    const account = bank.account(key) ?? bank.account(normaliseIban(key));
    if (!account) throw new BadCall(`No bank has an account ${key}; open it with POST /sandbox/accounts.`);
    return account;
  };

  /** `sync: false` (or `?sync=false`) leaves it to the next sync. */
  const spread = (request: FastifyRequest, account: BankAccount): number[] => {
    if (flagIn(bodyOf(request), 'sync') === false || choiceIn(queryOf(request), 'sync', FLAGS) === 'false')
      return [];
    const holders = store.all<{ id: number }>(
      'SELECT DISTINCT id_connection AS id FROM accounts WHERE account_key = ?',
      account.key,
    );
    for (const { id } of holders) syncs.runNow(id);
    return holders.map(({ id }) => id);
  };

  app.get('/accounts', () => ({
    accounts: store.all(
      'SELECT key, iban, id_connector, name, type, currency, size, listed FROM bank_accounts',
    ),
  }));

  app.post('/accounts', takes(OPENING), (request) => {
    const body = bodyOf(request);
    const iban = normaliseIban(textOf(body, 'iban') ?? '');
    if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban))
      throw new BadCall('"iban" is missing or has no IBAN shape.');
    const fault = ibanFault(iban);
    if (fault !== undefined) throw new BadCall(`"iban" ${iban} ${fault}`);
    if (bank.account(iban)) throw new BadCall(`Account ${iban} is open already.`);
    const days = numberIn(body, 'days') ?? 365;
    if (days < 7 || days > MOST_DAYS) throw new BadCall(`"days" must be from 7 to ${MOST_DAYS}.`);
    return bank.open({
      iban,
      days,
      until: dayIn(body, 'until') ?? today(),
      size: numberIn(body, 'count'),
      cardSize: numberIn(body, 'cardCount'),
      connectorId: numberIn(body, 'connectorId'),
      seed: textOf(body, 'seed'),
      currency: textOf(body, 'currency'),
      name: textOf(body, 'name'),
      listed: flagIn(body, 'listed') === true,
    });
  });

  app.patch(
    '/accounts/:key',
    takes(['balance', 'currency', 'closed', 'override', 'sync'], SYNC),
    (request) => {
      const account = accountOf(request);
      const body = bodyOf(request);
      const [closed, override] = [flagIn(body, 'closed'), overrideIn(body)];
      const balance = body.balance === null ? null : (decimalIn(body, 'balance') ?? account.balance);
      store.run(
        'UPDATE bank_accounts SET balance = ?, currency = ?, closed = ? WHERE key = ?',
        balance,
        textOf(body, 'currency') ?? account.currency,
        closed === undefined ? account.closed : Number(closed),
        account.key,
      );
      if (override !== undefined) setOverride(store, `account:${account.key}`, override);
      return { ...bank.account(account.key), syncedConnections: spread(request, account) };
    },
  );

  app.get('/accounts/:key/transactions', (request) => truthOf(sandbox, accountOf(request)));

  app.post('/accounts/:key/transactions', takes(['rows', 'count', 'date', 'sync'], SYNC), (request) => {
    const account = accountOf(request);
    const body = bodyOf(request);
    const random = randomFrom(`${account.seed}:more:${bank.version()}`);
    const day = dayIn(body, 'date') ?? today();
    const given = Array.isArray(body.rows) ? body.rows.map(wholeRow) : [];
    const made = Array.from({ length: numberIn(body, 'count') ?? 0 }, () => ({
      ...everydayRow(random, day),
      date: day,
    }));
    if (given.length + made.length === 0) throw new BadCall('Give "rows" or a "count" above zero.');
    const rowIds = bank.post(account.key, [...given, ...made]);
    return { rowIds, syncedConnections: spread(request, account) };
  });

  const rowOf = (request: FastifyRequest, account: BankAccount) => {
    const row = bank.row(idOf(request, 'rowId'));
    if (row?.account_key !== account.key) throw new BadCall('This account has no such row.');
    return row;
  };

  app.patch('/accounts/:key/transactions/:rowId', takes(CHANGE, SYNC), (request) => {
    const account = accountOf(request);
    const { sync: _, id: __, tombstone: ___, ...changes } = bodyOf(request);
    const isNew = choiceIn(bodyOf(request), 'id', ['same', 'new']) === 'new';
    const isSilent = flagIn(bodyOf(request), 'tombstone') === false;
    const row = rowOf(request, account);
    let rowId = row.row_id;
    if (isNew) rowId = bank.replace(row, rowChanges(changes), isSilent);
    else bank.change(row, rowChanges(changes));
    return { rowId, syncedConnections: spread(request, account) };
  });

  app.delete('/accounts/:key/transactions/:rowId', takes(SYNC, ['tombstone', 'sync']), (request) => {
    const account = accountOf(request);
    const isSilent = choiceIn(queryOf(request), 'tombstone', FLAGS) === 'false';
    bank.remove(rowOf(request, account).row_id, isSilent);
    return { syncedConnections: spread(request, account) };
  });

  app.post('/accounts/:key/transactions/:rowId/restore', takes(SYNC, SYNC), (request) => {
    const account = accountOf(request);
    bank.restore(rowOf(request, account));
    return { syncedConnections: spread(request, account) };
  });

  app.post('/accounts/:key/bad-rows', takes(['kinds', 'overrides', 'date', 'sync'], SYNC), (request) => {
    const account = accountOf(request);
    const rowIds = textsIn(request, 'kinds').flatMap((kind) => {
      const bad = badRow(kind, dayIn(bodyOf(request), 'date') ?? today());
      if (!bad) throw new BadCall(`"kinds" may hold ${BAD_ROW_KINDS.join(', ')}.`);
      return bank.post(account.key, [bad.row], bad.override);
    });
    const { overrides = [] } = bodyOf(request);
    if (!Array.isArray(overrides)) throw new BadCall('"overrides" must be a list of {set, omit}.');
    for (const told of overrides) {
      onlyMembers(mappingIn({ overrides: told ?? [] }, 'overrides') ?? {}, ['set', 'omit'], 'in "overrides"');
      const bad = overriddenRow(told, dayIn(bodyOf(request), 'date') ?? today());
      rowIds.push(...bank.post(account.key, [bad.row], bad.override));
    }
    return { rowIds, syncedConnections: spread(request, account) };
  });

  app.post('/accounts/:key/post-coming', takes(BOOKING, SYNC), (request) => {
    const account = accountOf(request);
    const body = bodyOf(request);
    const rowIds = bank.postComing(account.key, today(), {
      asNewRows: choiceIn(body, 'variant', ['same-id', 'new-id']) === 'new-id',
      isSilent: flagIn(body, 'tombstone') === false,
      ...(body.rowIds !== undefined && { rowIds: idsIn(body, 'rowIds') }),
      ...(body.changes !== undefined && { changes: rowChanges(body.changes) }),
    });
    return { posted: rowIds.length, rowIds, syncedConnections: spread(request, account) };
  });

  app.post('/accounts/:key/sync', takes(SYNC, SYNC), (request) => ({
    syncedConnections: spread(request, accountOf(request)),
  }));
};
