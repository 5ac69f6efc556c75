import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  PUBLIC_EVENT_NAMES,
  PUBLIC_EVENTS,
  publicEvent,
  publicEventName,
  type PublicEventName,
  type PublicEventOf,
  type TransactionView,
} from '../index.js';
import { asyncApi } from './async-api.js';
import { publicEventSchemas } from './json-schemas.js';

const HINT = 'npm run build && node scripts/generate-schemas.mjs';
const AT = '2026-03-02T01:00:07.120Z';
const OWNER = { tenantId: 'acme', companyId: '7', connectionId: 'c0ffee00-0000-5000-8000-000000000001' };
const LEDGER = 'c0ffee00-0000-5000-8000-000000000002';

const transaction = {
  id: 'c0ffee00-0000-5000-8000-000000000003',
  accountId: '42',
  providerTransactionId: '9001',
  status: 'booked',
  bookedOn: '2026-03-01',
  valueOn: null,
  transactedOn: '2026-02-28',
  amount: '-12.50',
  currency: 'EUR',
  label: 'Café de la Gare',
  originalLabel: 'CB CAFE DE LA GARE 28/02',
  type: 'card',
  counterparty: { name: 'Café de la Gare', account: null, accountScheme: null },
  countsInTotals: true,
  removedAt: null,
} as const satisfies TransactionView;
const run = {
  ...OWNER,
  accountId: '42',
  ledgerId: LEDGER,
  syncId: 'c0ffee00-0000-5000-8000-000000000004',
  trigger: 'webhook',
  windowFrom: '2025-12-02',
  windowTo: '2026-03-02',
  count: 1,
} as const;
const sync = {
  ...OWNER,
  id: run.syncId,
  createdAt: AT,
  trigger: 'schedule',
  status: 'success',
  startedAt: AT,
  endedAt: AT,
  windowFrom: '2025-12-02',
  windowTo: '2026-03-02',
  transactionsImported: 1,
  transactionsUpdated: 0,
  transactionsRemoved: 0,
  transactionsSkipped: 31,
  transactionsFailed: 0,
  progress: null,
  retry: null,
  refresh: null,
  nextAllowedAt: null,
  errorCode: null,
  errorMessage: null,
  accountIds: ['42'],
} as const;

const problem = {
  code: 'history.gap',
  accountId: null,
  rowKey: null,
  count: 1,
  parameters: {},
  actionOwner: 'user',
  message: 'Compare these days.',
} as const;

type Data = { readonly [Name in PublicEventName]: PublicEventOf<Name>['data'] };
const DATA: Data = {
  'transactions.imported': { ...run, transactions: [transaction, { ...transaction, counterparty: null }] },
  'transactions.amended': {
    ...run,
    transactions: [
      {
        transaction,
        kind: 'booked',
        changes: [{ field: 'status', before: 'pending', after: 'booked' }],
        formerKey: { providerAccountId: '7', providerTransactionId: '9000', ended: true },
      },
    ],
  },
  'transactions.removed': {
    ...run,
    transactions: [{ transaction: { ...transaction, removedAt: AT }, reason: 'deleted-by-bank' }],
  },
  'sync.completed': {
    ...sync,
    accountIds: ['42'],
    gaps: [{ accountId: '42', from: '2025-12-02', to: '2025-12-31' }],
    problems: [
      { ...problem, accountId: '42', parameters: { from: '2025-12-02', to: '2025-12-31' } },
      { ...problem, code: 'rows.unreadable', rowKey: '77', count: 3, actionOwner: 'provider' },
    ],
    evidence: { kind: 'nothing-new', refreshedAt: AT },
  },
  'sync.failed': {
    ...sync,
    accountIds: [],
    gaps: [],
    problems: [],
    evidence: null,
    status: 'failure',
    startedAt: null,
    windowFrom: null,
    errorCode: 'powens.rate-limited',
    errorMessage: 'Powens asks to wait; the run is tried again by itself.',
  },
  'connection.linked': { ...OWNER, provider: 'powens' },
  'connection.action-required': {
    ...OWNER,
    code: 'SCARequired',
    owner: 'user',
    message: 'Confirm at the bank.',
  },
  'connection.consent-expiring': {
    ...OWNER,
    expiresAt: AT,
    withinDays: 7,
    daysLeft: 7,
    message: 'Send a fresh link.',
  },
  'connection.other-links-found': {
    ...OWNER,
    otherLinks: [{ id: '3108', accounts: [{ iban: null, name: 'Livret' }] }],
    message: 'Open a connection for it.',
  },
  'connection.disconnected': { ...OWNER, by: 'provider' },
  'balance.observed': {
    ...OWNER,
    ledgerId: LEDGER,
    accountId: '42',
    balance: '1024.00',
    currency: 'EUR',
    observedAt: AT,
  },
};

const sampleOf = <Name extends PublicEventName>(name: Name): PublicEventOf<Name> =>
  publicEvent(name, {
    id: 'c0ffee00-0000-5000-8000-000000000005',
    tenantId: 'acme',
    subject: name.startsWith('transactions') ? LEDGER : OWNER.connectionId,
    sequence: 12n,
    time: AT,
    data: DATA[name],
  });

const committed = (name: PublicEventName): unknown =>
  JSON.parse(readFileSync(`docs/schemas/${name}.v1.schema.json`, 'utf8'));

const checker = (name: PublicEventName): ValidateFunction => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  formats.default(ajv);
  return ajv.compile(committed(name) as object);
};

describe('the committed documents', () => {
  it.each(PUBLIC_EVENT_NAMES)(`hold the schema of %s as the classes say (else: ${HINT})`, (name) => {
    expect(committed(name)).toEqual(publicEventSchemas().get(name));
  });

  it(`hold the AsyncAPI document as the classes say (else: ${HINT})`, () => {
    expect(parse(readFileSync('docs/asyncapi.yaml', 'utf8'))).toEqual(asyncApi());
  });

  it('hold nothing else', () => {
    const files = PUBLIC_EVENT_NAMES.map((name) => `${name}.v1.schema.json`);
    expect(readdirSync('docs/schemas').toSorted()).toEqual(files.toSorted());
  });
});

describe.each(PUBLIC_EVENT_NAMES)('%s', (name) => {
  const sample = sampleOf(name);
  const bare = JSON.parse(JSON.stringify(sample)) as { data: Record<string, unknown> } & Record<
    string,
    unknown
  >;

  it('as it is built passes its schema and its class', () => {
    const check = checker(name);
    check(bare);
    expect(check.errors).toBeNull();
    expect(validateSync(plainToInstance(PUBLIC_EVENTS[name] as new () => object, bare))).toEqual([]);
    expect(publicEventName(sample.type)).toBe(name);
  });

  it('may grow members that older readers do not know', () => {
    expect(checker(name)({ ...bare, data: { ...bare.data, later: 1 } })).toBe(true);
  });

  it('misses no member of its envelope or data unnoticed', () => {
    const check = checker(name);
    for (const member of Object.keys(bare)) {
      expect([member, check({ ...bare, [member]: undefined })]).toEqual([member, false]);
    }
    for (const member of Object.keys(bare.data)) {
      const { [member]: _, ...rest } = bare.data;
      expect([member, check({ ...bare, data: rest })]).toEqual([member, false]);
    }
  });
});

const withTransaction = (change: object): unknown => {
  const data = { ...run, transactions: [{ ...transaction, ...change }] };
  return Object.assign(structuredClone(sampleOf('transactions.imported')), { data });
};

describe('transactions.imported', () => {
  const check = checker('transactions.imported');

  it.each([
    ['a float amount', { amount: -12.5 }],
    ['a day with a time', { bookedOn: '2026-03-01T00:00:00Z' }],
    ['no currency', { currency: null }],
    ['a counterparty that is a text', { counterparty: 'Café' }],
  ])('refuses %s', (_, change) => {
    expect(check(withTransaction({}))).toBe(true);
    expect(check(withTransaction(change))).toBe(false);
  });
});
