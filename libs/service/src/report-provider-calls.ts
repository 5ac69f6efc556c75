import type { Metrics } from '#platform';
import type { PgCallBudget } from './pg-call-budget.js';
import type { PgCircuitBreaker } from './pg-circuit-breaker.js';

/** For operators: what the limit of a provider's domain still allows, whom it made wait, and which banks are left alone. */
export const reportProviderCalls = (
  metrics: Metrics,
  budget: PgCallBudget | null,
  circuits: Pick<PgCircuitBreaker, 'open'>,
): void => {
  metrics.gauge(
    {
      name: 'passerelle_bank_circuit_open',
      help: '1 for each bank that is left alone because it failed again and again',
      labels: ['provider', 'bank'],
    },
    async (gauge) => {
      gauge.reset();
      // Health says that the database is away; the other figures are wanted then above all.
      const open = await circuits.open().catch(() => []);
      for (const { provider, bank } of open) gauge.set({ provider, bank }, 1);
    },
  );
  if (budget === null) return;
  metrics.gauge(
    {
      name: 'passerelle_provider_calls_left',
      help: 'Calls that the domain of a provider may still get in this minute',
      labels: ['domain'],
    },
    async (gauge) => {
      const known = await budget.left().catch(() => new Map<string, number>());
      gauge.reset();
      for (const [domain, left] of known) gauge.set({ domain }, left);
    },
  );
  const refused = metrics.counter({
    name: 'passerelle_provider_calls_refused_total',
    help: 'Times that a call had to wait because the budget of its domain was spent',
    labels: ['domain', 'attended'],
  });
  budget.onRefusal(({ domain, attended }) => refused.inc({ domain, attended: String(attended) }));
};
