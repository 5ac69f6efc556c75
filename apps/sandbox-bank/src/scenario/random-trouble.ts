import type { Random } from '../bank/random.js';
import { BAD_ROW_KINDS } from '../control/bad-rows.js';
import {
  ANSWER_FAULTS,
  type FaultKind,
  LINK_FAULTS,
  PAGING_FAULTS,
  REQUEST_FAULTS,
} from '../control/faults.js';
import { WEBHOOK_FAULTS } from '../settings.js';
import type { Step, Told } from './scenario.js';

type Override = Omit<Told<'override'>, 'account'>;

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

const OVERRIDES: readonly [Override, ...Override[]] = [
  { omit: ['currency'] },
  { omit: ['balance'] },
  { set: { balance: null } },
  { set: { name: null, usage: 'none of yours' } },
];

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
  (random, { ref }) => [{ override: { account: ref, ...random.pick(OVERRIDES) } }],
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

type Trouble = (random: Random, account: KnownAccount) => Step[];

/** One trouble, which may befall this account. */
export const randomTrouble = (random: Random, account: KnownAccount): Step[] =>
  random.pick(TROUBLES)(random, account);
