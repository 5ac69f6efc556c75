import { type Decider, DomainError } from '#kernel';
import type { DeliveryEvent, WebhookReceived } from './delivery.events.js';

export type ReceiveWebhook = { readonly type: 'ReceiveWebhook' } & WebhookReceived['data'];

export interface ParkWebhook {
  readonly type: 'ParkWebhook';
  readonly reason: string;
  readonly now: string;
}

export interface ResolveWebhook {
  readonly type: 'ResolveWebhook';
  readonly connectionId: string;
  readonly now: string;
}

export type DeliveryCommand = ReceiveWebhook | ParkWebhook | ResolveWebhook;

export type DeliveryState =
  | { readonly status: 'none' }
  | { readonly status: 'received' | 'parked' | 'resolved'; readonly deliveryId: string };

const receive = (command: ReceiveWebhook): readonly DeliveryEvent[] => {
  const { type: _, ...data } = command;
  return [{ type: 'WebhookReceived', data }];
};

/** One webhook delivery; the same delivery received again is no news. */
export const delivery: Decider<DeliveryState, DeliveryCommand, DeliveryEvent> = {
  category: 'delivery',
  events: ['WebhookReceived', 'WebhookParked', 'WebhookResolved'],
  initialState: { status: 'none' },
  decide: (command, state) => {
    if (command.type === 'ReceiveWebhook') return state.status === 'none' ? receive(command) : [];
    if (state.status === 'none') throw new DomainError('delivery.not-found', 'There is no such delivery.');
    const { deliveryId } = state;
    switch (command.type) {
      case 'ParkWebhook': {
        if (state.status !== 'received') return [];
        const { reason, now } = command;
        return [{ type: 'WebhookParked', data: { deliveryId, reason, parkedAt: now } }];
      }
      case 'ResolveWebhook': {
        if (state.status !== 'parked') return [];
        const { connectionId, now } = command;
        return [{ type: 'WebhookResolved', data: { deliveryId, connectionId, resolvedAt: now } }];
      }
    }
  },
  evolve: (_state, event) => {
    const { deliveryId } = event.data;
    switch (event.type) {
      case 'WebhookReceived':
        return { status: 'received', deliveryId };
      case 'WebhookParked':
        return { status: 'parked', deliveryId };
      case 'WebhookResolved':
        return { status: 'resolved', deliveryId };
    }
  },
};
