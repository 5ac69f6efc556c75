import type { Logger, Metrics } from '#platform';
import type { Forgotten } from './age-out-deliveries.job.js';

/** Counts forgotten deliveries by state, and says aloud when some of them were never acted on. */
export const reportForgotten = (
  logger: Pick<Logger, 'info' | 'warn'>,
  metrics: Metrics,
  retentionDays: number,
): ((forgotten: Forgotten) => void) => {
  const counter = metrics.counter({
    name: 'passerelle_deliveries_forgotten_total',
    help: 'Webhook deliveries that were older than the retention and deleted, by the state that they were in',
    labels: ['state'],
  });
  return (forgotten) => {
    for (const [state, count] of forgotten) counter.inc({ state }, count);
    const counts = Object.fromEntries(forgotten);
    const unheeded = (forgotten.get('parked') ?? 0) + (forgotten.get('received') ?? 0);
    if (unheeded === 0) return logger.info(counts, 'old webhook deliveries were forgotten');
    logger.warn(
      counts,
      `${unheeded} webhook deliveries older than ${retentionDays} days were forgotten without having been acted on: ` +
        'their connection was never linked here, or no rule understood them',
    );
  };
};
