/** What ties a request, its messages and its events together. */
export interface Correlation {
  /** UUID of the whole story: the same from the first HTTP request or webhook to the last published event. */
  readonly correlationId: string;
  /** Id of the message or event that directly caused this one; `null` at the start of a story. */
  readonly causationId: string | null;
  /** W3C Trace Context `traceparent`. */
  readonly traceparent: string | null;
  /** Who asked: `api-key:<name>`, `scheduler`, `webhook:<provider>`, `system`. Never a secret, never personal data. */
  readonly actor: string | null;
}

/** Carries the {@link Correlation} of the work at hand along asynchronous calls. */
export interface CorrelationScope {
  /** The current one; a fresh one where none was set. */
  current(): Correlation;
  run<T>(correlation: Correlation, work: () => T): T;
}
