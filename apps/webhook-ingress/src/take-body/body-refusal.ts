/** Why a body was not taken in; the request is answered by it. */
export class BodyRefusal extends Error {
  override readonly name = 'BodyRefusal';

  constructor(
    /**
     * `too-large`: beyond the limit, as sent or decompressed. `busy`: no room among the bodies in flight within the time.
     * `slow`: its sender gave too little for too long. `broken-off`: its sender left.
     */
    readonly reason: 'too-large' | 'busy' | 'slow' | 'broken-off',
  ) {
    super(`The body was not taken in: ${reason}.`);
  }
}
