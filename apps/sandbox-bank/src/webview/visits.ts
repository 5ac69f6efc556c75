/** How the next visits of the hosted pages end; anything else is an error code, sent back as the provider does. */
export const VISIT_ENDINGS = ['tab-closed', 'empty-callback', 'other-state', 'no-state'] as const;

/** Planned endings of visits of the hosted pages, in their order. Not kept over a restart. */
export class Visits {
  private planned: string[] = [];

  plan(ending: string, times: number): void {
    for (let count = 0; count < times; count++) this.planned.push(ending);
  }

  list(): readonly string[] {
    return this.planned;
  }

  clear(): void {
    this.planned = [];
  }

  /** How this visit ends; `undefined`: well. */
  take(): string | undefined {
    return this.planned.shift();
  }
}
