/** Thrown by a handler for a command that no repeat can help: it goes to the dead letters at once. */
export class PermanentFailure extends Error {
  override readonly name = 'PermanentFailure';
}

/** Thrown by a handler whose time has not come: the command returns after the delay, and this is no failed attempt. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';

  constructor(
    readonly delayMs: number,
    message = 'To be tried again later.',
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
