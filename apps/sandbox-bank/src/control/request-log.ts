export interface SeenRequest {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** Without the value of `code`. */
  readonly query: string;
  readonly status: number;
  readonly userId: number | null;
  readonly durationMs: number;
}

const KEPT = 5000;

/** The last requests on the provider's API, so that a test can count calls. */
export class RequestLog {
  private readonly seen: SeenRequest[] = [];

  add(request: SeenRequest): void {
    this.seen.push(request);
    if (this.seen.length > KEPT) this.seen.shift();
  }

  /** Oldest first. */
  list(filter: { path?: string; userId?: number; since?: string }): SeenRequest[] {
    return this.seen.filter(
      (request) =>
        (filter.path === undefined || request.path.includes(filter.path)) &&
        (filter.userId === undefined || request.userId === filter.userId) &&
        (filter.since === undefined || request.at >= filter.since),
    );
  }

  clear(): void {
    this.seen.length = 0;
  }
}
