import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Correlation, CorrelationScope } from '#kernel';
import { nextTraceparent, type TraceParent } from './traceparent.js';

/** A story that begins here, or goes on with what a caller told of it. */
export const freshCorrelation = ({
  correlationId,
  parent,
}: {
  readonly correlationId?: string | undefined;
  readonly parent?: TraceParent | undefined;
} = {}): Correlation => ({
  correlationId: correlationId ?? randomUUID(),
  causationId: null,
  traceparent: nextTraceparent(parent),
  actor: null,
});

/** The {@link CorrelationScope} on Node's asynchronous context. */
export class AlsCorrelationScope implements CorrelationScope {
  readonly #storage = new AsyncLocalStorage<{ value: Correlation }>();

  current(): Correlation {
    return this.known() ?? freshCorrelation();
  }

  /** The current one, `undefined` where none was set. */
  known(): Correlation | undefined {
    return this.#storage.getStore()?.value;
  }

  run<T>(correlation: Correlation, work: () => T): T {
    return this.#storage.run({ value: correlation }, work);
  }

  /** Adds what was learned within the scope, such as who asks once a key was checked. Outside of any scope: nothing. */
  amend(part: Partial<Correlation>): void {
    const store = this.#storage.getStore();
    if (store) store.value = { ...store.value, ...part };
  }
}

/** The one of this process: HTTP hooks, message handlers and log lines share it. */
export const correlation = new AlsCorrelationScope();
