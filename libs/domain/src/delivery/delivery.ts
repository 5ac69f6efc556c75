import { type Decider, DomainError } from '#kernel';
import type { NoticeTarget, ProviderNotice } from '../provider-notice.js';
import type { DeliveryEvent, WebhookReceived } from './delivery.events.js';

export type ReceiveWebhook = { readonly type: 'ReceiveWebhook' } & WebhookReceived['data'];

export interface ParkWebhook {
  readonly type: 'ParkWebhook';
  readonly target: NoticeTarget;
  readonly reason: string;
  readonly now: string;
}

export interface IgnoreWebhook {
  readonly type: 'IgnoreWebhook';
  readonly reason: string;
  readonly now: string;
}

export interface ReplayWebhook {
  readonly type: 'ReplayWebhook';
  readonly notice: ProviderNotice;
  readonly now: string;
}

export interface ResolveWebhook {
  readonly type: 'ResolveWebhook';
  readonly connectionId: string;
  readonly now: string;
}

export type DeliveryCommand = ReceiveWebhook | ParkWebhook | IgnoreWebhook | ReplayWebhook | ResolveWebhook;

export type DeliveryState =
  | { readonly status: 'none' }
  | {
      readonly status: 'received' | 'parked' | 'ignored' | 'resolved';
      readonly deliveryId: string;
      readonly provider: string;
      readonly replays: number;
    };

const requestIdOf = (deliveryId: string, replays: number): string =>
  replays === 0 ? deliveryId : `${deliveryId}~${replays}`;

const receive = (command: ReceiveWebhook): readonly DeliveryEvent[] => {
  const { type: _, ...data } = command;
  return [{ type: 'WebhookReceived', data }];
};

/** One webhook delivery; the same delivery received again is no news. */
export const delivery: Decider<DeliveryState, DeliveryCommand, DeliveryEvent> = {
  category: 'delivery',
  events: ['WebhookReceived', 'WebhookParked', 'WebhookIgnored', 'WebhookReplayed', 'WebhookResolved'],
  initialState: { status: 'none' },
  decide: (command, state) => {
    if (command.type === 'ReceiveWebhook') return state.status === 'none' ? receive(command) : [];
    if (state.status === 'none') throw new DomainError('delivery.not-found', 'There is no such delivery.');
    const { deliveryId } = state;
    switch (command.type) {
      case 'ParkWebhook': {
        if (state.status !== 'received') return [];
        const { target, reason, now } = command;
        const { provider, replays } = state;
        const requestId = requestIdOf(deliveryId, replays);
        const data = { deliveryId, provider, requestId, target, reason, parkedAt: now };
        return [{ type: 'WebhookParked', data }];
      }
      case 'IgnoreWebhook': {
        if (state.status === 'ignored') return [];
        const { reason, now } = command;
        return [{ type: 'WebhookIgnored', data: { deliveryId, reason, ignoredAt: now } }];
      }
      case 'ReplayWebhook': {
        const { notice, now } = command;
        const requestId = requestIdOf(deliveryId, state.replays + 1);
        const data = { deliveryId, provider: state.provider, requestId, notice, replayedAt: now };
        return [{ type: 'WebhookReplayed', data }];
      }
      case 'ResolveWebhook': {
        if (state.status !== 'parked') return [];
        const { connectionId, now } = command;
        return [{ type: 'WebhookResolved', data: { deliveryId, connectionId, resolvedAt: now } }];
      }
    }
  },
  evolve: (state, event) => {
    if (event.type === 'WebhookReceived') {
      const { deliveryId, provider } = event.data;
      return { status: 'received', deliveryId, provider, replays: 0 };
    }
    if (state.status === 'none') return state;
    switch (event.type) {
      case 'WebhookParked':
        return { ...state, status: 'parked' };
      case 'WebhookIgnored':
        return { ...state, status: 'ignored' };
      case 'WebhookResolved':
        return { ...state, status: 'resolved' };
      case 'WebhookReplayed':
        return { ...state, status: 'received', replays: state.replays + 1 };
    }
  },
};
