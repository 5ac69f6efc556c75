import { knownConnection } from '#service';
import { healsByItself, type OpenedConnection, runOfRequest, sync, type SyncCause } from '#domain';
import { runDecider, type WrittenEvent } from '#event-store';
import { DomainError } from '#kernel';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { v7 } from 'uuid';
import { SyncDeps } from '../sync-deps.js';
import { RequestSyncOf, type RequestSyncResult } from './request-sync.command.js';

@CommandHandler(RequestSyncOf)
export class RequestSyncHandler implements ICommandHandler<RequestSyncOf, RequestSyncResult> {
  readonly #deps: SyncDeps;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  async execute(command: RequestSyncOf): Promise<RequestSyncResult> {
    const target = await this.#target(command);
    const unwanted = whyUnwanted(command, target);
    if (unwanted) return { kind: 'ignored', reason: unwanted };
    const { connectionId, tenantId, companyId } = target;
    const { trigger, requestIds } = command;
    const { state, position, events } = await runDecider(
      this.#deps,
      sync,
      connectionId,
      {
        type: 'RequestSync',
        connectionId,
        tenantId,
        companyId,
        trigger,
        requestIds,
        syncId: v7(),
        slot: command.options.slot ?? null,
        webhookIntervalMs: this.#deps.policy.webhookIntervalMs,
        webhookNotBefore: command.options.webhookNotBefore ?? null,
        ...(command.options.told === true && { told: true }),
        now: this.#deps.clock.now(),
      },
      { metadata: this.#deps.metadata(tenantId) },
    );
    const runs = new Map<string, string>();
    for (const requestId of requestIds) {
      const syncId = runOfRequest(state, requestId);
      if (syncId !== undefined) runs.set(requestId, syncId);
    }
    if (runs.size === 0) return { kind: 'ignored', reason: 'slot-served' };
    const taken = requestsTakenBy(events);
    const repeated = new Set(requestIds.filter((requestId) => !taken.has(requestId)));
    return { kind: 'accepted', runs, repeated, position };
  }

  async #target({ connectionId, options }: RequestSyncOf): Promise<OpenedConnection> {
    const state = await knownConnection(this.#deps, connectionId, options.scope ?? null);
    if (state.status === 'pending') {
      throw new DomainError('connection.not-linked', 'No bank is linked yet: open the link first.');
    }
    if (state.status === 'disconnected') {
      throw new DomainError(
        'connection.disconnected',
        'This connection is disconnected. Open it again to use it.',
      );
    }
    return state;
  }
}

const requestsTakenBy = (events: readonly WrittenEvent[]): ReadonlySet<string> =>
  new Set(
    events.flatMap(({ data }) =>
      ((data as { causes?: readonly SyncCause[] }).causes ?? []).map(({ requestId }) => requestId),
    ),
  );

/**
 * What comes by itself leaves a paused connection alone, and the schedule one that needs somebody to act; a person
 * decides freely.
 */
const whyUnwanted = ({ trigger, options }: RequestSyncOf, target: OpenedConnection): string | undefined => {
  if (trigger === 'manual' || trigger === 'link') return undefined;
  if (!target.syncEnabled && options.evenPaused !== true) return 'paused';
  const { problem } = target;
  return trigger === 'schedule' && problem && !healsByItself(problem.owner) ? problem.code : undefined;
};
