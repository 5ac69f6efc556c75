import { type Decider, DomainError } from '#kernel';
import type { WebhookKeysEvent, WebhookSecretAdded } from './webhook-keys.events.js';

export interface AddWebhookSecret {
  readonly type: 'AddWebhookSecret';
  readonly provider: string;
  readonly name: string;
  readonly externalId: string;
  readonly sealedSecret: string;
  readonly fingerprint: string;
  readonly url: string | null;
  readonly now: string;
}

export interface RetireWebhookSecret {
  readonly type: 'RetireWebhookSecret';
  readonly fingerprint: string;
  readonly now: string;
}

/** The same secret, sealed by another key; `from`: as it was sealed. */
export interface ResealWebhookSecret {
  readonly type: 'ResealWebhookSecret';
  readonly fingerprint: string;
  readonly from: string;
  readonly sealedSecret: string;
}

export type WebhookKeysCommand = AddWebhookSecret | RetireWebhookSecret | ResealWebhookSecret;

export type WebhookKey = WebhookSecretAdded['data'] & {
  /** `null`: live. */
  readonly retiredAt: string | null;
};

export interface WebhookKeysState {
  /** Every secret that was ever registered, in the order in which they came; a secret is in it once. */
  readonly keys: readonly WebhookKey[];
}

/** The secrets that the door accepts. */
export const liveWebhookKeys = ({ keys }: WebhookKeysState): readonly WebhookKey[] =>
  keys.filter(({ retiredAt }) => retiredAt === null);

const noSuchSecret = (fingerprint: string): DomainError =>
  new DomainError(
    'webhookkeys.not-found',
    `No registered webhook secret has the fingerprint ${fingerprint}.`,
    {
      fingerprint,
    },
  );

/** The webhook secrets that were registered at one provider; the stream's id is the provider's name. */
export const webhookKeys: Decider<WebhookKeysState, WebhookKeysCommand, WebhookKeysEvent> = {
  category: 'webhookkeys',
  events: ['WebhookSecretAdded', 'WebhookSecretRetired'],
  initialState: { keys: [] },
  decide: (command, state) => {
    const known = state.keys.find(({ fingerprint }) => fingerprint === command.fingerprint);
    switch (command.type) {
      case 'AddWebhookSecret': {
        if (known?.retiredAt === null) return [];
        const { type: _, now, ...facts } = command;
        return [{ type: 'WebhookSecretAdded', data: { ...facts, addedAt: now } }];
      }
      case 'ResealWebhookSecret': {
        if (known?.retiredAt !== null || known.sealedSecret !== command.from) return [];
        const { retiredAt: _, ...facts } = known;
        return [{ type: 'WebhookSecretAdded', data: { ...facts, sealedSecret: command.sealedSecret } }];
      }
      case 'RetireWebhookSecret': {
        if (!known) throw noSuchSecret(command.fingerprint);
        if (known.retiredAt !== null) return [];
        const { provider, fingerprint } = known;
        return [{ type: 'WebhookSecretRetired', data: { provider, fingerprint, retiredAt: command.now } }];
      }
    }
  },
  evolve: (state, event) => {
    const { fingerprint } = event.data;
    switch (event.type) {
      case 'WebhookSecretAdded': {
        const others = state.keys.filter((key) => key.fingerprint !== fingerprint);
        return { keys: [...others, { ...event.data, retiredAt: null }] };
      }
      case 'WebhookSecretRetired': {
        const { retiredAt } = event.data;
        return {
          keys: state.keys.map((key) => (key.fingerprint === fingerprint ? { ...key, retiredAt } : key)),
        };
      }
    }
  },
};
