import type { Random } from '../bank/random.js';
import { BAD_ROW_KINDS } from '../control/bad-rows.js';
import {
  ANSWER_FAULTS,
  type FaultKind,
  LINK_FAULTS,
  PAGING_FAULTS,
  REQUEST_FAULTS,
} from '../control/faults.js';
import { SYNC_HALVES, TIMESTAMP_STYLES, WEBHOOK_EVENTS, WEBHOOK_FAULTS } from '../settings.js';
import type { Step, Told } from './scenario.js';

type Layer = Pick<Told<'override'>, 'set' | 'omit'>;

/** An account as the teller of a random story remembers it. */
export interface KnownAccount {
  readonly ref: string;
  readonly type: string;
  booked: string[];
  coming: string[];
  gone: string[];
  isDisabled: boolean;
  isClosed: boolean;
}

const WAITING_FOR_A_PERSON = [
  'SCARequired',
  'wrongpass',
  'webauthRequired',
  'decoupled',
  'passwordExpired',
  'actionNeeded',
  'additionalInformationNeeded',
  'stateOfTheMoon',
] as const;
const PASSING = ['websiteUnavailable', 'rateLimiting', 'bug', 'validating', 'tomorrowsState'] as const;
const HOPELESS_CODES = ['bug', 'config', 'wrongpass', 'noAccount', 'maintenance'] as const;

const OF_ACCOUNTS: readonly [Layer, ...Layer[]] = [
  { omit: ['currency'] },
  { omit: ['balance'] },
  { set: { balance: null } },
  { set: { name: null, usage: 'none of yours' } },
];

/** None that hides `last_update`: whoever has asked for a newer look would wait an hour for it. */
const OF_CONNECTIONS: readonly [Layer, ...Layer[]] = [
  { omit: ['state'] },
  { omit: ['id_user', 'sources'] },
  { set: { sources: [], connector: null } },
  { set: { error: 'bug', error_message: 'see https://bank.example.test/?token=s3cret' } },
  { set: { expire: '0000-00-00 00:00:00', next_try: 'soon' } },
];

/** Each such row is mended on the last day at the latest: until then what a client makes of it is its affair. */
const OF_ROWS: readonly [Layer, ...Layer[]] = [
  { set: { last_update: '2099-01-01 00:00:00' } },
  { set: { last_update: null } },
  { set: { deleted: '0000-00-00 00:00:00' } },
  { set: { value: '' } },
  { set: { id: '__ID__' } },
  { set: { simplified_wording: null, wording: null } },
  { set: { date: '2026-02-28T23:30:00Z' } },
  { set: { original_wording: null }, omit: ['simplified_wording'] },
];

const BODIES = [
  {
    code: 'wrongpass',
    message: 'Votre mot de passe est incorrect, voir https://bank.example.test/?token=s3cret',
  },
  { error: 'invalid_token', error_description: 'The token is not known here' },
  { code: 'bug', description: 'Internal error', message: null, request_id: 4_711 },
  {},
] as const;

const pathFor = (random: Random): string =>
  random.pick(['/transactions', '/accounts', '/connections', '/users']);

/** A row that has the id of another comes after one: ids are counted up. */
const badRowKinds = (random: Random) => [
  ...random.shuffled(BAD_ROW_KINDS.filter((kind) => kind !== 'id-of-another')).slice(0, random.between(1, 3)),
  ...(random.chance(0.3) ? ['id-of-another'] : []),
];

/** A fault of this kind, as it may befall whoever holds an account of the story. */
const faultOf = (random: Random, kind: FaultKind): Step => ({
  fault: {
    kind,
    own: true,
    times: random.between(1, 4),
    ...(random.chance(0.4) && { skip: random.between(1, 3) }),
    ...(random.chance(0.6) && { path: pathFor(random) }),
    // What is never answered would cost whoever waits for it half a minute.
    ...((kind === 'delay' || kind === 'hang') && { delayMs: random.between(50, 1_500) }),
    ...(kind === 'rate-limited' && { retryAfter: random.pick([null, 0, 1, 90]) }),
    ...(kind === 'error' && {
      status: random.pick([400, 403, 404, 500, 502]),
      code: random.pick(HOPELESS_CODES),
      ...(random.chance(0.3) && { body: random.pick(BODIES) }),
    }),
  },
});

/** What can go wrong at a bank or at the provider, each as often as it stands here. */
const TROUBLES: readonly [Trouble, ...Trouble[]] = [
  (random, { ref }) => [{ reissue: { account: ref, tombstone: random.chance(0.6) } }],
  (random, { ref }) => [
    {
      recreate: {
        account: ref,
        old: random.pick(['deleted', 'absent']),
        withoutIban: false,
      },
    },
  ],
  (random) => [
    { state: { is: random.pick(WAITING_FOR_A_PERSON), message: 'https://bank.example.test/?token=s3cret' } },
  ],
  (random) => [{ state: { is: random.pick(PASSING), healsAfterHours: random.between(1, 40) } }],
  (_, account) => {
    account.isDisabled = !account.isDisabled;
    return [
      account.isDisabled ? { disable: { account: account.ref } } : { enable: { account: account.ref } },
    ];
  },
  (_, account) => {
    account.isClosed = !account.isClosed;
    return [account.isClosed ? { close: { account: account.ref } } : { reopen: { account: account.ref } }];
  },
  (random, { ref }) => [
    {
      spoil: {
        account: ref,
        kinds: badRowKinds(random),
      },
    },
  ],
  (_, { ref }) => [{ mend: { account: ref } }],
  (random, { ref }) => [
    { spoil: { account: ref, overrides: random.shuffled(OF_ROWS).slice(0, random.between(1, 3)) } },
  ],
  (random, { ref }) => [{ override: { account: ref, ...random.pick(OF_ACCOUNTS) } }],
  (random) => [{ override: { connection: true, ...random.pick(OF_CONNECTIONS) } }],
  (random) => [{ settings: randomSettings(random) }],
  (random) => [
    {
      settings: random.chance(0.5)
        ? // Fewer, and a client that keeps to them reads pages of two rows for many minutes.
          { rateLimitPerMinute: random.between(25, 60) }
        : { recentSyncMs: random.pick([60_000, 3_600_000]) },
    },
  ],
  (random) => [{ consent: { expiresInDays: random.between(0, 3) } }],
  () => [{ stall: {} }],
  () => [{ revokeTokens: {} }],
  (random) => [faultOf(random, random.pick(REQUEST_FAULTS))],
  (random) => [faultOf(random, random.pick(['rate-limited', 'delay', 'drop', 'html-503']))],
  (random) => [faultOf(random, random.pick(ANSWER_FAULTS))],
  (random) => [faultOf(random, random.pick(ANSWER_FAULTS)), faultOf(random, random.pick(LINK_FAULTS))],
  (random) => [faultOf(random, random.pick(LINK_FAULTS))],
  (random) => [faultOf(random, random.pick(PAGING_FAULTS))],
  (random) => [
    { fault: { kind: random.pick(['html-503', 'status-500']), own: true, forHours: random.between(1, 30) } },
  ],
  (random) => [
    {
      fault: {
        kind: 'rate-limited',
        own: true,
        forHours: random.between(1, 30),
        retryAfter: random.pick([null, 90, 3_600, 20_000]),
        ...(random.chance(0.5) && { path: pathFor(random) }),
      },
    },
  ],
  (random) => [{ webhooks: { duplicated: random.chance(0.5), lateHours: random.between(0, 30) } }],
  (random) => [{ webhooks: { paused: random.chance(0.5), fault: random.pick([...WEBHOOK_FAULTS, null]) } }],
  () => [{ webhooks: { held: true } }],
  (random) => [{ webhooks: { held: false, release: random.pick(['reversed', 'shuffled']), times: 2 } }],
  (random) => [
    {
      webhook: {
        event: random.pick([
          'CONNECTION_SYNCED',
          'ACCOUNT_DISABLED',
          'TRANSACTION_CLUSTERED',
          'USER_CREATED',
        ]),
        body: random.pick([{}, { user: { id: 987_654_321 } }, { user: 'nobody', connection: [] }]),
      },
    },
  ],
];

/** How a bank answers, beyond how all banks of its sandbox do; each story begins with some of it and may change it. */
export const randomSettings = (random: Random): Told<'settings'> => ({
  ...(random.chance(0.4) && { rowsPerPage: random.between(2, 6) }),
  ...(random.chance(0.3) && { accountsPerPage: random.between(1, 2) }),
  ...(random.chance(0.2) && { timestampStyle: random.pick(TIMESTAMP_STYLES) }),
  ...(random.chance(0.2) && { amountsAsText: random.chance(0.7) }),
  ...(random.chance(0.4) && {
    syncHalves: random.pick(SYNC_HALVES),
    syncHalvesApartMs: random.between(1, 170) * 60_000,
    syncHalvesApartRequests: random.between(1, 12),
  }),
  ...(random.chance(0.4) && { webhookEvents: random.pick(WEBHOOK_EVENTS) }),
});

/** At the end: what would keep a client from the truth, or from looking at it soon. */
export const PLAIN_SETTINGS: Told<'settings'> = {
  rateLimitPerMinute: null,
  recentSyncMs: null,
  syncHalves: null,
};

type Trouble = (random: Random, account: KnownAccount) => Step[];

/** One trouble, which may befall this account. */
export const randomTrouble = (random: Random, account: KnownAccount): Step[] =>
  random.pick(TROUBLES)(random, account);
