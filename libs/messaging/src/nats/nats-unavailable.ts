/** NATS did not answer, or did not confirm, within the time given. What was being sent may or may not be stored. */
export class NatsUnavailable extends Error {
  override readonly name = 'NatsUnavailable';
}
