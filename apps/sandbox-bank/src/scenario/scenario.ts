import { RELEASE_ORDERS } from '../aggregator/release-order.js';
import { OLD_ACCOUNTS } from '../aggregator/recreate-accounts.js';
import { CONNECTORS } from '../bank/connectors.js';
import { isJsonNumber } from '../bank/decimal-text.js';
import { isDay, isDayAndTime } from '../bank/days.js';
import { ibanFault } from '../bank/iban.js';
import { BAD_ROW_KINDS } from '../control/bad-rows.js';
import { FAULT_KINDS } from '../control/faults.js';
import { SYNC_HALVES, TIMESTAMP_STYLES, WEBHOOK_EVENTS, WEBHOOK_FAULTS } from '../settings.js';
import {
  anything,
  choice,
  either,
  flag,
  listOf,
  mapping,
  oneOf,
  optional,
  orNull,
  quantity,
  refuse,
  text,
  whole,
  yes,
  type Read,
  type Shape,
} from './shape.js';

const ref = text('a short name (letters, digits, - and _)', /^[\w-]{1,60}$/);

/** A decimal, kept digit by digit where it is given as a text. */
const decimal: Shape<string> = {
  says: 'a decimal like -12.34',
  read: (value, path) => {
    const given = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
    return isJsonNumber(given) ? given : text('a decimal like -12.34', /^$/).read(value, path);
  },
};

/** A day, or so many days from the day of the step. */
const day = either(text('a day of the calendar, YYYY-MM-DD,', { test: isDay }), whole(-3_650, 3_650));

const rowMembers = {
  date: optional(day),
  value: optional(decimal),
  wording: optional(text()),
  type: optional(text()),
  rdate: optional(day),
  vdate: optional(orNull(day)),
  datetime: optional(
    orNull(
      text('an instant in UTC, YYYY-MM-DD HH:MM:SS', {
        test: (given) => /^.{10} .{8}$/.test(given) && isDayAndTime(given),
      }),
    ),
  ),
  card: optional(text()),
  original: optional(orNull(mapping({ value: decimal, currency: text() }))),
  counterparty: optional(
    orNull(
      mapping({
        label: text(),
        iban: optional(text()),
        type: optional(choice('creditor', 'debtor')),
      }),
    ),
  ),
};

const row = mapping(
  {
    ...rowMembers,
    ref: optional(ref),
    value: decimal,
    coming: optional(flag),
    /** So many rows that are equal in everything. */
    copies: optional(whole(1, 1_000)),
  },
  'a row with a value',
);

const identity = {
  id: optional(choice('same', 'new')),
  /** `false`: what goes, goes without a trace. */
  tombstone: optional(flag),
};

const ibanText = text('an IBAN', /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/);

const iban: Shape<string> = {
  says: ibanText.says,
  read: (value, path) => {
    const given = ibanText.read(value, path);
    const fault = ibanFault(given);
    return fault === undefined ? given : refuse(path, `${given} ${fault}`);
  },
};

const account = mapping({
  ref,
  iban: optional(iban),
  number: optional(text()),
  name: optional(text()),
  type: optional(text('a type of account, like checking, card or savings')),
  /** The account that a card is debited to. */
  parent: optional(ref),
  currency: optional(text('a currency code', /^[A-Z]{3}$/)),
  /** At the start, after the opening rows. */
  balance: optional(decimal),
  rows: optional(listOf(row)),
  /** So many opening rows that follow from the seed. */
  count: optional(whole(0, 100_000)),
  /** Not there until a step discovers it. */
  later: optional(flag),
  /** Whether a link shares it without being asked; true for everything that is not `later`. */
  shared: optional(flag),
});

const layer = { set: optional(anything), omit: optional(listOf(text())) };

/** How those who hold an account of the scenario are answered; `null`: as everybody else. */
const settings = mapping({
  timestampStyle: optional(orNull(choice(...TIMESTAMP_STYLES))),
  amountsAsText: optional(orNull(flag)),
  rowsPerPage: optional(orNull(whole(1, 100_000))),
  accountsPerPage: optional(orNull(whole(1, 100_000))),
  rateLimitPerMinute: optional(orNull(whole(0, 100_000))),
  recentSyncMs: optional(orNull(whole(0, 86_400_000))),
  syncHalves: optional(orNull(choice(...SYNC_HALVES))),
  syncHalvesApartMs: optional(orNull(whole(0, 864_000_000))),
  syncHalvesApartRequests: optional(orNull(whole(0, 100_000))),
  webhookEvents: optional(orNull(choice(...WEBHOOK_EVENTS))),
});

const onAccount = mapping({ account: ref });
const everything = mapping({});

export const step = oneOf({
  post: mapping({ account: ref, rows: listOf(row) }),
  generate: mapping({ account: ref, count: whole(1, 100_000) }),
  book: mapping({ ...rowMembers, ...identity, row: optional(ref), account: optional(ref) }),
  change: mapping({ ...rowMembers, ...identity, row: ref }),
  delete: mapping({ row: ref, tombstone: optional(flag) }),
  restore: mapping({ row: ref }),
  spoil: mapping({
    account: ref,
    kinds: optional(listOf(choice(...BAD_ROW_KINDS))),
    /** A row each, with these members laid over its JSON. */
    overrides: optional(listOf(mapping(layer))),
  }),
  mend: mapping({ account: optional(ref) }),
  reissue: mapping({
    account: optional(ref),
    rows: optional(listOf(ref)),
    tombstone: optional(flag),
  }),
  recreate: mapping({
    account: optional(ref),
    enabled: optional(flag),
    old: optional(choice(...OLD_ACCOUNTS)),
    withoutIban: optional(flag),
  }),
  discover: onAccount,
  close: onAccount,
  reopen: onAccount,
  disable: onAccount,
  enable: onAccount,
  override: either(
    mapping({ ...layer, connection: yes }, 'a mapping with connection: true'),
    mapping({ ...layer, account: ref }, 'a mapping with account'),
  ),
  state: mapping({
    is: orNull(text('a state like SCARequired')),
    message: optional(text()),
    fields: optional(listOf(anything)),
    /** `false`: switched off, so that it is not read by itself any more. */
    active: optional(flag),
    nextTryHours: optional(quantity(0, 10_000)),
    healsAfterHours: optional(quantity(0, 10_000)),
  }),
  repair: everything,
  consent: mapping({ expiresInDays: quantity(0, 10_000) }),
  stall: everything,
  sync: everything,
  fault: mapping({
    kind: choice(...FAULT_KINDS),
    times: optional(whole(1, 100_000)),
    skip: optional(whole(0, 100_000)),
    forHours: optional(quantity(0, 10_000)),
    path: optional(text()),
    method: optional(choice('GET', 'POST', 'PUT', 'DELETE')),
    delayMs: optional(whole(0, 600_000)),
    retryAfter: optional(orNull(whole(0, 86_400))),
    status: optional(whole(400, 599)),
    code: optional(text()),
    /** Of `error`: sent as it is, in place of the envelope. */
    body: optional(anything),
    /** Only requests of those who hold an account of the scenario. */
    own: optional(flag),
  }),
  clearFaults: mapping({ own: optional(flag) }),
  settings,
  webhooks: mapping({
    duplicated: optional(flag),
    paused: optional(flag),
    held: optional(flag),
    lateHours: optional(quantity(0, 10_000)),
    release: optional(choice(...RELEASE_ORDERS)),
    times: optional(whole(1, 10)),
    fault: optional(orNull(choice(...WEBHOOK_FAULTS))),
  }),
  webhook: mapping({ event: text(), body: anything }),
  revokeTokens: everything,
  deleteConnection: everything,
  deleteUser: everything,
});

const group = mapping({
  /** 0 is the day of the start. */
  day: whole(0, 3_650),
  /** Wall time of Paris; with a Z it is UTC. */
  at: optional(text('a time HH:MM, or HH:MMZ for UTC', /^([01]\d|2[0-3]):[0-5]\dZ?$/)),
  steps: listOf(step),
  /** `false`: the connections hear of it with their next sync only. */
  sync: optional(flag),
});

export const scenarioShape = mapping(
  {
    name: text(),
    about: optional(text()),
    seed: optional(text()),
    /** Wall time of Paris. The clock is set to it and stands still. */
    start: optional(
      text('a day of the calendar or a wall time of Paris, YYYY-MM-DD [HH:MM]', {
        test: (given) => isDay(given) || isDayAndTime(given),
      }),
    ),
    bank: optional(choice(...CONNECTORS.map(({ slug }) => slug))),
    /** Shown to everybody who links the bank; otherwise to who asks for one of its IBANs. */
    listed: optional(flag),
    /** From the beginning on. */
    settings: optional(settings),
    accounts: listOf(account),
    days: listOf(group),
  },
  'a scenario: a mapping with name, accounts and days',
);

/** A bank scripted over virtual days. */
export type Scenario = Read<typeof scenarioShape>;
export type ScenarioAccount = Scenario['accounts'][number];
export type ScenarioRow = Read<typeof row>;
export type ScenarioGroup = Scenario['days'][number];
export type Step = Read<typeof step>;
export type StepName = Step extends infer Each ? (Each extends Each ? keyof Each : never) : never;
/** What a step of this name tells. */
export type Told<Name extends StepName> = Extract<Step, Readonly<Record<Name, unknown>>>[Name];
