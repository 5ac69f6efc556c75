import type { AllStreamSubscription, ResolvedEvent, StreamSubscription } from '@kurrent/kurrentdb-client';

export type Message = {
  readonly kind: 'confirmation' | 'event' | 'checkpoint' | 'caught-up' | 'error';
  readonly value: unknown;
};

/** Everything that a subscription said, in the order in which it said it. */
export class SubscriptionLog {
  readonly messages: Message[] = [];

  /** To be given as `checkpointReached`. */
  readonly checkpointReached = async (_: unknown, position: { readonly commit: bigint }): Promise<void> => {
    this.messages.push({ kind: 'checkpoint', value: position.commit });
  };

  follow(subscription: AllStreamSubscription | StreamSubscription): this {
    subscription
      .on('confirmation', () => this.messages.push({ kind: 'confirmation', value: undefined }))
      .on('data', (resolved: ResolvedEvent) => this.messages.push({ kind: 'event', value: resolved }))
      .on('caughtUp', (reached) => this.messages.push({ kind: 'caught-up', value: reached }))
      .on('error', (error: Error) => this.messages.push({ kind: 'error', value: error }));
    return this;
  }

  get kinds(): string[] {
    return this.messages.map(({ kind }) => kind);
  }

  get events(): ResolvedEvent[] {
    return this.messages.filter(({ kind }) => kind === 'event').map(({ value }) => value as ResolvedEvent);
  }

  get checkpoints(): bigint[] {
    return this.messages.filter(({ kind }) => kind === 'checkpoint').map(({ value }) => value as bigint);
  }

  count(kind: Message['kind']): number {
    return this.kinds.filter((one) => one === kind).length;
  }
}
