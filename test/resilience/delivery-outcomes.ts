import { expect } from 'vitest';
import type { DeliveryEvent, SyncEvent } from '#domain';
import type { RecordedEvent } from '#kernel';

/** All that the log says of one webhook that was stored, in the order of the log. */
export interface DeliveryStory {
  /** Log positions of its `WebhookReceived`: exactly one is right. */
  readonly stored: readonly bigint[];
  /** Runs that name it as their cause. */
  readonly runs: readonly RunStory[];
  /** Why it was left alone, parked, and what it was matched with later. */
  readonly ignored: readonly string[];
  readonly parked: readonly string[];
  readonly resolved: readonly string[];
}

export interface RunStory {
  readonly syncId: string;
  readonly connectionId: string;
  readonly causes: readonly string[];
  /** Log position of its last start; `null`: it never started. */
  readonly startedAt: bigint | null;
  /** How it ended; `null`: it has not. */
  readonly end: 'SyncCompleted' | 'SyncFailed' | 'SyncTimedOut' | null;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type RunDraft = Mutable<Omit<RunStory, 'causes'>> & { causes: string[] };

const evolveRun = (run: RunDraft, event: SyncEvent, position: bigint): void => {
  if ('causes' in event.data) run.causes.push(...event.data.causes.map(({ requestId }) => requestId));
  if (event.type === 'SyncStarted') run.startedAt = position;
  if (event.type === 'SyncCompleted' || event.type === 'SyncFailed' || event.type === 'SyncTimedOut') {
    run.end = event.type;
  }
};

/** Every run that the log tells of, in the order in which they were asked for. */
export const runsIn = (log: readonly RecordedEvent[]): readonly RunStory[] => {
  const runs = new Map<string, RunDraft>();
  for (const { stream, type, data, position } of log) {
    if (!stream.startsWith('sync-')) continue;
    const event = { type, data } as SyncEvent;
    const { syncId, connectionId } = event.data;
    const run = runs.get(syncId) ?? { syncId, connectionId, causes: [], startedAt: null, end: null };
    runs.set(syncId, run);
    evolveRun(run, event, position);
  }
  return [...runs.values()];
};

const causedBy = (runs: readonly RunStory[]): ReadonlyMap<string, readonly RunStory[]> => {
  const byCause = new Map<string, RunStory[]>();
  for (const run of runs) {
    for (const cause of new Set(run.causes)) byCause.set(cause, [...(byCause.get(cause) ?? []), run]);
  }
  return byCause;
};

/** What became of every webhook that the log holds, by delivery id. */
export const deliveriesIn = (log: readonly RecordedEvent[]): ReadonlyMap<string, DeliveryStory> => {
  const runs = causedBy(runsIn(log));
  const eventsOf = new Map<string, { event: DeliveryEvent; position: bigint }[]>();
  for (const { stream, type, data, position } of log) {
    if (!stream.startsWith('delivery-')) continue;
    const event = { type, data } as DeliveryEvent;
    const { deliveryId } = event.data;
    eventsOf.set(deliveryId, [...(eventsOf.get(deliveryId) ?? []), { event, position }]);
  }
  const story = (deliveryId: string, events: readonly { event: DeliveryEvent; position: bigint }[]) => ({
    stored: events.flatMap(({ event, position }) => (event.type === 'WebhookReceived' ? [position] : [])),
    runs: runs.get(deliveryId) ?? [],
    ignored: events.flatMap(({ event }) => (event.type === 'WebhookIgnored' ? [event.data.reason] : [])),
    parked: events.flatMap(({ event }) => (event.type === 'WebhookParked' ? [event.data.reason] : [])),
    resolved: events.flatMap(({ event }) =>
      event.type === 'WebhookResolved' ? [event.data.connectionId] : [],
    ),
  });
  return new Map([...eventsOf].map(([deliveryId, events]) => [deliveryId, story(deliveryId, events)]));
};

/** What ought to become of a webhook. `later`: it came before its connection was linked, so it may have been parked first. */
export type Fate =
  | { readonly kind: 'applied' | 'later'; readonly connectionId: string }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'parked'; readonly reason: string }
  | { readonly kind: 'not-understood' }
  /** Answered and not stored. */
  | { readonly kind: 'nothing-to-do' };

const expectLookedAfter = (
  { stored, runs }: DeliveryStory,
  connectionId: string,
  deliveryId: string,
): void => {
  expect(
    runs.map((run) => run.connectionId),
    `${deliveryId} is named as a cause by one run, of its connection`,
  ).toEqual([connectionId]);
  const [run] = runs;
  const after = stored[0] ?? 0n;
  expect(
    (run?.startedAt ?? -1n) > after,
    `run ${run?.syncId} looked at the bank after ${deliveryId} was stored`,
  ).toBe(true);
  expect(run?.end, `end of run ${run?.syncId}`).not.toBeNull();
};

/** The delivery was stored once, and what became of it is what ought to. */
export const expectFate = (deliveryId: string, story: DeliveryStory | undefined, fate: Fate): void => {
  expect(story !== undefined, `whether ${deliveryId} is in the log`).toBe(fate.kind !== 'nothing-to-do');
  if (!story) return;
  const { stored, runs, ignored, parked, resolved } = story;
  expect(stored.length, `times that ${deliveryId} was stored`).toBe(1);
  switch (fate.kind) {
    case 'applied':
      expect({ ignored, parked, resolved }, `what became of ${deliveryId}`).toEqual({
        ignored: [],
        parked: [],
        resolved: [],
      });
      expectLookedAfter(story, fate.connectionId, deliveryId);
      break;
    case 'later':
      expect(ignored, `why ${deliveryId} was ignored`).toEqual([]);
      expect(resolved, `what ${deliveryId} was matched with`).toEqual(
        parked.length > 0 ? [fate.connectionId] : [],
      );
      expectLookedAfter(story, fate.connectionId, deliveryId);
      break;
    case 'ignored':
      expect({ ignored, parked, runs }, `what became of ${deliveryId}`).toEqual({
        ignored: [fate.reason],
        parked: [],
        runs: [],
      });
      break;
    case 'parked':
      expect({ ignored, parked, resolved, runs }, `what became of ${deliveryId}`).toEqual({
        ignored: [],
        parked: [fate.reason],
        resolved: [],
        runs: [],
      });
      break;
    case 'nothing-to-do':
    case 'not-understood':
      expect({ ignored, resolved, runs }, `what became of ${deliveryId}`).toEqual({
        ignored: [],
        resolved: [],
        runs: [],
      });
      break;
  }
};
