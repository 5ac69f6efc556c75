import { createHash } from 'node:crypto';
import { COMMAND_SUBJECTS, type RequestSyncMessage } from '#contracts';
import { derivedId } from '#event-store';
import type { Clock } from '#kernel';
import type { CommandPublisher } from '#messaging';
import type { Announcements } from './announcements.js';
import { latestSlot, type Slot } from './slots.js';

export interface Schedule {
  /** Cron pattern and IANA time zone. */
  readonly pattern: string;
  readonly timeZone: string;
  /** The syncs of one slot are spread over so many seconds. */
  readonly spreadSeconds: number;
}

/** A connection's own place within the spread: the same every day, and evenly distributed. */
export const offsetSeconds = (connectionId: string, spreadSeconds: number): number =>
  spreadSeconds === 0 ? 0 : createHash('sha256').update(connectionId).digest().readUInt32BE() % spreadSeconds;

/**
 * Announces every due connection once per slot. A slot that was missed is made up when the process is back. Any number
 * of replicas may run it: the request id is derived from connection and slot, and the `sync` decider serves a slot once.
 */
export class AnnounceDueSyncsJob {
  readonly #announcements: Announcements;
  readonly #commands: CommandPublisher;
  readonly #clock: Clock;
  readonly #schedule: Schedule;

  constructor(announcements: Announcements, commands: CommandPublisher, clock: Clock, schedule: Schedule) {
    this.#announcements = announcements;
    this.#commands = commands;
    this.#clock = clock;
    this.#schedule = schedule;
  }

  /** One look at the clock; called every few seconds. Returns how many connections were announced. */
  async tick(): Promise<number> {
    const { pattern, timeZone, spreadSeconds } = this.#schedule;
    const now = this.#clock.now();
    const slot = latestSlot(pattern, timeZone, now);
    if (!slot) return 0;
    const elapsed = (Date.parse(now) - Date.parse(slot.at)) / 1_000;
    const due = (await this.#announcements.missing(slot.name, slot.at)).filter(
      (connectionId) => offsetSeconds(connectionId, spreadSeconds) <= elapsed,
    );
    for (const connectionId of due) await this.#announce(connectionId, slot);
    return due.length;
  }

  async #announce(connectionId: string, slot: Slot): Promise<void> {
    const requestId = derivedId('slot', connectionId, slot.name);
    const message: RequestSyncMessage = { connectionId, trigger: 'schedule', requestId, slot: slot.name };
    await this.#commands.publish(COMMAND_SUBJECTS.requestSync, message, { msgId: requestId });
    await this.#announcements.remember(connectionId, slot.name);
  }
}
