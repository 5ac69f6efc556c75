import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface MetricOptions<Label extends string> {
  /** `passerelle_…`, in snake case, with its unit and, for a counter, `_total` at the end. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

let ofProcess: Registry | undefined;

/** Memory, CPU and event loop: the same for all apps of a process, so collected once. */
const processRegistry = (): Registry => {
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
};

/** The metrics of one app; several apps may share a process. Every sample carries the label `app`. */
export class Metrics {
  readonly #registry = new Registry();

  constructor(app: string) {
    this.#registry.setDefaultLabels({ app });
  }

  counter<Label extends string = string>({ name, help, labels = [] }: MetricOptions<Label>): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labels], registers: [this.#registry] });
  }

  /** `read` is asked at each scrape, for values that somebody else keeps. */
  gauge<Label extends string = string>(
    { name, help, labels = [] }: MetricOptions<Label>,
    read?: (gauge: Gauge<Label>) => void | Promise<void>,
  ): Gauge<Label> {
    const gauge: Gauge<Label> = new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      ...(read ? { collect: () => read(gauge) } : {}),
    });
    return gauge;
  }

  histogram<Label extends string = string>(
    { name, help, labels = [] }: MetricOptions<Label>,
    buckets: readonly number[],
  ): Histogram<Label> {
    return new Histogram({
      name,
      help,
      labelNames: [...labels],
      buckets: [...buckets],
      registers: [this.#registry],
    });
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  /** Prometheus text format, with the figures of the process. */
  async text(): Promise<string> {
    const [own, shared] = await Promise.all([this.#registry.metrics(), processRegistry().metrics()]);
    return `${own}\n${shared}`;
  }
}
