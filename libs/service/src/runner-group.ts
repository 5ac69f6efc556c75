import { type CorrelationScope, errorText, type RecordedEvent } from '#kernel';
import type { HealthRegistry, Logger, Metrics } from '#platform';
import {
  type ProjectionModel,
  type Reactor,
  type Runner,
  type RunnerContext,
  runProjection,
  runReactor,
} from '#read-model';
import type { ServiceResources } from './service-resources.js';
import { inStoryOf } from './story.js';

/** A batch has many stories: what is not done within one of them (`inStoryOf`) belongs to the first. */
const inItsStory = (scope: CorrelationScope, reactor: Reactor): Reactor => {
  if ('react' in reactor) {
    return { ...reactor, react: (event) => inStoryOf(scope, event, () => reactor.react(event)) };
  }
  const reactBatch = async (events: readonly RecordedEvent[]): Promise<void> => {
    const [first] = events;
    if (first) await inStoryOf(scope, first, () => reactor.reactBatch(events));
  };
  return { ...reactor, reactBatch };
};

/** The projections, reactors and publishers of one app: started, watched and stopped together. */
export class RunnerGroup {
  readonly #context: RunnerContext;
  readonly #scope: CorrelationScope;
  readonly #health: HealthRegistry;
  readonly #runners: Runner[] = [];

  constructor(resources: ServiceResources, logger: Logger, health: HealthRegistry, metrics: Metrics) {
    this.#context = {
      db: resources.db,
      source: resources.store,
      keeper: resources.keeper,
      onFailure: (name, error, retryInMs) =>
        logger.warn({ runner: name, err: error, retryInMs }, `${name}: ${errorText(error)}`),
    };
    this.#scope = resources.correlation;
    this.#health = health;
    metrics.gauge(
      {
        name: 'passerelle_feed_lag_positions',
        help: 'Distance between the head of the log and the checkpoint, in log positions',
        labels: ['runner'],
      },
      async (gauge) => {
        for (const runner of this.#runners) gauge.set({ runner: runner.name }, Number(await runner.lag()));
      },
    );
  }

  project(model: ProjectionModel): Runner {
    return this.#add(runProjection({ ...this.#context, model }));
  }

  react(reactor: Reactor): Runner {
    return this.#add(runReactor({ ...this.#context, reactor: inItsStory(this.#scope, reactor) }));
  }

  /** Resolves when all tables exist. */
  async prepared(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.prepared));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.stop()));
  }

  #add(runner: Runner): Runner {
    this.#runners.push(runner);
    this.#health.add({ name: runner.name, check: () => runner.health() });
    return runner;
  }
}
