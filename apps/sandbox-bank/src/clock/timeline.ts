import type { VirtualClock } from './virtual-clock.js';

export interface Due {
  readonly atMs: number;
  /** What happens, for whoever moved the clock. */
  readonly what: string;
  /** Afterwards it must no longer be due. */
  readonly run: () => void;
}

/** Tells the earliest thing of its kind that will fall due, if any. */
export type DueSource = () => Due | undefined;

export interface Happened {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly what: string;
}

/** More than any scenario has; whoever reaches it has something that stays due. */
const MOST_EVENTS = 100_000;

/**
 * Lets everything happen that virtual time passes: one thing after the other, in the order of their times and, at one
 * time, of the sources. What is overdue happens now.
 */
export class Timeline {
  constructor(
    private readonly clock: VirtualClock,
    private readonly sources: readonly DueSource[],
  ) {}

  runUntil(targetMs: number): Happened[] {
    const happened: Happened[] = [];
    let timeMs = Math.min(this.clock.now(), targetMs);
    for (let due = this.next(); due && due.atMs <= targetMs; due = this.next()) {
      timeMs = Math.max(timeMs, due.atMs);
      this.clock.at(timeMs, due.run);
      happened.push({ at: new Date(timeMs).toISOString(), what: due.what });
      if (happened.length >= MOST_EVENTS) throw new Error(`"${due.what}" never comes to an end.`);
    }
    return happened;
  }

  /** Moves the clock forward, through all that happens on the way. */
  advance(byMs: number): Happened[] {
    const target = this.clock.now() + byMs;
    const happened = this.runUntil(target);
    this.clock.set(target);
    return happened;
  }

  private next(): Due | undefined {
    let earliest: Due | undefined;
    for (const source of this.sources) {
      const due = source();
      if (due && (!earliest || due.atMs < earliest.atMs)) earliest = due;
    }
    return earliest;
  }
}
