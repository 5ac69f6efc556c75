import { errorText } from '#kernel';

/** One part that an app needs in order to do its work. */
export interface HealthCheck {
  readonly name: string;
  /** `null` when all is well, else what is wrong, in words. A rejection counts as its own text. */
  check(this: void): Promise<string | null>;
}

export interface HealthPart {
  readonly status: 'up' | 'down';
  readonly detail: string | null;
}

export interface HealthReport {
  readonly status: 'ok' | 'unavailable';
  readonly parts: Readonly<Record<string, HealthPart>>;
}

const ANSWER_WITHIN_MS = 3_000;

const withinTime = async (check: HealthCheck['check'], withinMs: number): Promise<string | null> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${withinMs / 1000} s`), withinMs);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return errorText(error);
  } finally {
    clearTimeout(timer);
  }
};

/** What readiness depends on. Apps add their parts while they start. */
export class HealthRegistry {
  readonly #checks = new Map<string, HealthCheck['check']>();
  readonly #withinMs: number;
  #draining = false;

  constructor(options: { readonly answerWithinMs?: number } = {}) {
    this.#withinMs = options.answerWithinMs ?? ANSWER_WITHIN_MS;
  }

  add(check: HealthCheck): void {
    if (this.#checks.has(check.name)) throw new Error(`There are two health checks named "${check.name}".`);
    this.#checks.set(check.name, check.check);
  }

  /** From now on the app is not ready: no new work shall come. */
  drain(): void {
    this.#draining = true;
  }

  /** Asks all parts at once. */
  async report(): Promise<HealthReport> {
    const answers = await Promise.all(
      [...this.#checks].map(
        async ([name, check]) => [name, await withinTime(check, this.#withinMs)] as const,
      ),
    );
    if (this.#draining) answers.push(['process', 'is stopping']);
    const parts = answers.map(
      ([name, detail]) => [name, { status: detail === null ? 'up' : 'down', detail }] as const,
    );
    return {
      status: answers.every(([, detail]) => detail === null) ? 'ok' : 'unavailable',
      parts: Object.fromEntries(parts),
    };
  }
}
