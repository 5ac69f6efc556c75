import { earliestStart, heldUntil, isToldWell, laterInstant } from './pacing.js';
import type { SyncEvent, SyncTrigger } from './sync.events.js';
import type { SyncState } from './sync.state.js';

export interface RequestSync {
  readonly type: 'RequestSync';
  readonly connectionId: string;
  readonly tenantId: string;
  readonly companyId: string;
  readonly trigger: SyncTrigger;
  /** Requests of one trigger that come together, at least one; those that were served already are left out. */
  readonly requestIds: readonly string[];
  /** Id of the run, should they start one. Never one that was used: a run's id is for ever. */
  readonly syncId: string;
  /** `YYYY-MM-DDTHH:mm` in the schedule's zone; only for `schedule`. */
  readonly slot: string | null;
  /** Runs that webhooks alone ask for start at least so far apart. */
  readonly webhookIntervalMs: number;
  /** A run that webhooks alone ask for waits for this, where many are asked for at once. `null` or left out: for nothing. */
  readonly webhookNotBefore?: string | null;
  /** The provider says by itself that it has just been at the bank. */
  readonly told?: true;
  readonly now: string;
}

/** The requests that gave the open or the queued run its id come again, after so many others that they were forgotten. */
const isAhead = (state: SyncState, syncId: string): boolean =>
  state.status === 'open' && (state.run.syncId === syncId || state.queued?.syncId === syncId);

const unserved = ({ requestIds }: RequestSync, state: SyncState): readonly string[] => {
  const served = new Set(state.served.flatMap(({ requestIds: known }) => known));
  return [...new Set(requestIds)].filter((requestId) => !served.has(requestId));
};

/**
 * A person's request gives a run its trigger: that is what history shows and what priority follows. A run keeps the
 * trigger `webhook` only while webhooks alone ask for it: those runs are paced.
 */
const triggerOf = (run: { readonly trigger: SyncTrigger }, trigger: SyncTrigger): SyncTrigger =>
  trigger === 'manual' || run.trigger === 'webhook' ? trigger : run.trigger;

/** Becomes part of the run that reads next: the open one as long as it has read nothing, else the one after it. */
export const requestSync = (command: RequestSync, state: SyncState): readonly SyncEvent[] => {
  const { trigger, slot, told, now, connectionId, tenantId, companyId } = command;
  const requestIds = unserved(command, state);
  if (requestIds.length === 0 || isAhead(state, command.syncId)) return [];
  if (slot !== null && state.lastSlot !== null && slot <= state.lastSlot) return [];
  const request = {
    syncId: command.syncId,
    connectionId,
    tenantId,
    companyId,
    trigger,
    causes: requestIds.map((requestId) => ({ requestId, trigger })),
    attended: trigger === 'manual' || trigger === 'link',
    slot,
    requestedAt: now,
    ...(told && { told }),
  };
  if (state.status === 'idle') {
    const { limitedUntil, leftAlone } = state;
    const known = {
      ...(limitedUntil !== undefined && { nextAllowedAt: limitedUntil }),
      ...(leftAlone && { leftAlone }),
    };
    const held = heldUntil(request, known, now);
    const notBefore = laterInstant(earliestStart(trigger, state, command), held);
    const limit = held === null ? {} : known;
    return [{ type: 'SyncRequested', data: { ...request, notBefore, ...limit } }];
  }
  const { run, queued } = state;
  if (run.attempt === 0) {
    const joint = triggerOf(run, trigger);
    const isHeld = heldUntil(request, run, now) !== null;
    const isPaced = joint === 'webhook' && !isToldWell(request, run);
    const endsWait = run.notBefore !== null && !isPaced && !isHeld;
    return [{ type: 'SyncJoined', data: { ...request, syncId: run.syncId, trigger: joint, endsWait } }];
  }
  const joint = queued ? triggerOf(queued, trigger) : trigger;
  const notBefore = earliestStart(joint, state, command);
  const syncId = queued?.syncId ?? command.syncId;
  return [{ type: 'SyncQueuedAgain', data: { ...request, syncId, trigger: joint, notBefore } }];
};
