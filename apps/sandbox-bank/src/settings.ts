export const TIMESTAMP_STYLES = ['paris', 'utc', 'zulu', 'offset'] as const;
export type TimestampStyle = (typeof TIMESTAMP_STYLES)[number];

/** Whether a sync shows its rows in two halves, and after which of them it is told of. */
export const SYNC_HALVES = ['off', 'told-after-first', 'told-after-second'] as const;
export type SyncHalves = (typeof SYNC_HALVES)[number];

/** `few`: what most clients register for. `all`: also what is sent in the midst of a sync, and of new users. */
export const WEBHOOK_EVENTS = ['few', 'all'] as const;
export type WebhookEventsSent = (typeof WEBHOOK_EVENTS)[number];

/** Ways to send a webhook that no receiver, or only a lenient one, takes for genuine; and two that every one must take. */
export const WEBHOOK_FAULTS = [
  'unsigned',
  'hex-signature',
  'wrong-path',
  'no-date',
  'two-signatures',
  'first-date',
  'gzip',
] as const;
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number];

/** What the command line gives and the control API may change while the sandbox runs. */
export interface Settings {
  clientId: string;
  clientSecret: string;
  /** Static token of the provider's console; creates and lists what webhooks are signed with. */
  configToken: string;
  /** Exact URIs that the webview may send a browser back to. */
  redirectUris: string[];
  /** Base of the listening URLs, without the event: `…/webhooks/powens`. `null`: no webhook is registered. */
  webhookUrl: string | null;
  /** `null`: webhooks carry the user's token as bearer, as is the provider's default. */
  webhookSecret: string | null;
  /** `/webhooks/auth` understands only what was seen live: at the domain's root, parameters in the query. */
  webhookAuthByQueryOnly: boolean;
  /** Nothing is sent while true; the outbox fills. */
  webhooksPaused: boolean;
  /** Every webhook is delivered twice. */
  webhooksDuplicated: boolean;
  /** Transactions embedded per account in CONNECTION_SYNCED; `null`: all that are new, as the provider does. */
  webhookMaxTransactions: number | null;
  /** `first-date`: an attempt bears the date of the event, however late it is. `gzip`: signed before compression. */
  webhookFault: WebhookFault | null;
  /** New webhooks are kept back until `POST /sandbox/webhooks/release`. */
  webhooksHeld: boolean;
  /** New webhooks are first tried so much later, by the sandbox's clock. */
  webhooksLateMs: number;
  /** How system timestamps are written: as documented (`paris`: wall time, no zone), or as met in the field. */
  timestampStyle: TimestampStyle;
  /** A page of transactions has at most so many rows, however many were asked for. */
  rowsPerPage: number;
  /** The same for a list of accounts; its `total` says how many there are. */
  accountsPerPage: number;
  /** Amounts are written as texts. */
  amountsAsText: boolean;
  /** Signatures bear the machine's time even while the sandbox's clock is set: for receivers that refuse old ones. */
  webhooksSignedInRealTime: boolean;
  flushEveryMs: number;
  webhookTimeoutMs: number;
  /** How long the first read of a bank takes after linking, and every later sync. */
  syncDelayMs: number;
  /** The second half of a sync's rows appears later, with the timestamps of its beginning. */
  syncHalves: SyncHalves;
  /** How much later, by the sandbox's clock. */
  syncHalvesApartMs: number;
  /** Or after so many more requests of the user, whichever is first; 0: by the clock alone. */
  syncHalvesApartRequests: number;
  /** Which events are sent by themselves. */
  webhookEvents: WebhookEventsSent;
  /** A forced sync is refused with 409 when the last one is younger. */
  recentSyncMs: number;
  /** 0: no limit. The provider's sandbox has 30. */
  rateLimitPerMinute: number;
  /** The Tink side: credentials of the app. */
  tinkClientId: string;
  tinkClientSecret: string;
  tinkTokenLifeSeconds: number;
  /** How long a new webhook endpoint waits for its first event; up to 15 minutes at the provider. */
  tinkActivationMs: number;
  /** Pause before the first of three repeats; doubles with each. */
  tinkRetryMs: number;
  /** A repeat is signed anew instead of carrying its first `t`. */
  tinkRetriesSignedAnew: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  clientId: '55120934',
  clientSecret: 'sandbox-client-secret',
  configToken: 'sandbox-config-token',
  redirectUris: ['http://localhost:3000/v1/link/callback'],
  webhookUrl: null,
  webhookSecret: null,
  webhookAuthByQueryOnly: false,
  webhooksPaused: false,
  webhooksDuplicated: false,
  webhookMaxTransactions: null,
  webhookFault: null,
  webhooksHeld: false,
  webhooksLateMs: 0,
  timestampStyle: 'paris',
  rowsPerPage: 1000,
  accountsPerPage: 1000,
  amountsAsText: false,
  webhooksSignedInRealTime: false,
  flushEveryMs: 5000,
  webhookTimeoutMs: 10_000,
  syncDelayMs: 250,
  syncHalves: 'off',
  syncHalvesApartMs: 120_000,
  syncHalvesApartRequests: 0,
  webhookEvents: 'few',
  recentSyncMs: 60_000,
  rateLimitPerMinute: 0,
  tinkClientId: 'sandbox-tink-client',
  tinkClientSecret: 'sandbox-tink-secret',
  tinkTokenLifeSeconds: 1800,
  tinkActivationMs: 0,
  tinkRetryMs: 1000,
  tinkRetriesSignedAnew: false,
};

/** What may differ from scenario to scenario: how those who hold an account of it are answered. */
export const SCENARIO_SETTINGS = [
  'timestampStyle',
  'amountsAsText',
  'rowsPerPage',
  'accountsPerPage',
  'rateLimitPerMinute',
  'recentSyncMs',
  'syncHalves',
  'syncHalvesApartMs',
  'syncHalvesApartRequests',
  'webhookEvents',
] as const satisfies readonly (keyof Settings)[];

export type Manners = Pick<Settings, (typeof SCENARIO_SETTINGS)[number]>;
