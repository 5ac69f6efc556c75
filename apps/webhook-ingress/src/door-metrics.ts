import type { Metrics } from '#platform';
import type { BodyIntake } from './take-body/body-intake.js';

const BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 3];

export interface DoorMetrics {
  count(this: void, provider: string, outcome: string): void;
  /** How long the log took to store a delivery. */
  appended(this: void, seconds: number): void;
}

export const doorMetrics = (metrics: Metrics, intake: BodyIntake): DoorMetrics => {
  const answers = metrics.counter({
    name: 'passerelle_webhooks_total',
    help: 'Webhook requests by what became of them',
    labels: ['provider', 'outcome'],
  });
  const appends = metrics.histogram(
    { name: 'passerelle_webhook_append_duration_seconds', help: 'Until the log had stored a delivery' },
    BUCKETS_S,
  );
  metrics.gauge(
    { name: 'passerelle_webhook_body_bytes_in_flight', help: 'Room that bodies in flight take' },
    (gauge) => gauge.set(intake.bytesInFlight),
  );
  metrics.gauge({ name: 'passerelle_webhook_bodies_waiting', help: 'Bodies that wait for room' }, (gauge) =>
    gauge.set(intake.waiting),
  );
  return {
    count: (provider, outcome) => answers.inc({ provider, outcome }),
    appended: (seconds) => appends.observe(seconds),
  };
};
