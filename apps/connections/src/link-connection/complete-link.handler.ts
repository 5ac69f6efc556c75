import { type KnownConnection, knownConnection } from '#service';
import { connection, usableAttempt } from '#domain';
import { runDecider } from '#event-store';
import { DomainError } from '#kernel';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { bestSnapshot, confirmLink } from '../confirm-link.js';
import { ConnectionsDeps } from '../connections-deps.js';
import { openAccess, stateHash } from '../link-session.js';
import { readLinkState, unknownState } from '../link-state.js';
import { CompleteLinkOf, type CompletedLink } from './complete-link.command.js';

@CommandHandler(CompleteLinkOf)
export class CompleteLinkHandler implements ICommandHandler<CompleteLinkOf, CompletedLink> {
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  async execute({ state, parameters }: CompleteLinkOf): Promise<CompletedLink> {
    const target = await this.#target(state);
    const hash = stateHash(state);
    usableAttempt(target, hash, this.#deps.clock.now());
    if (!target.access) throw unknownState();
    const provider = this.#deps.provider(target.opened.provider);
    const result = await provider.completeLink(openAccess(this.#deps, target.access), parameters);
    if (result.kind === 'refused') return this.#refuse(target, hash, result);
    const snapshots = await provider.listConnections(result.access);
    const linked = snapshots.filter(({ providerConnectionId }) =>
      result.providerConnectionIds.includes(providerConnectionId),
    );
    const snapshot = bestSnapshot(linked, target.opened.iban, target.access.providerConnectionId);
    if (!snapshot) {
      throw new DomainError(
        'link.nothing-linked',
        'The provider shows no linked bank yet. Try again in a moment.',
      );
    }
    const { connectionId, tenantId } = target;
    const { state: after, position } = await confirmLink(this.#deps, {
      connectionId,
      tenantId,
      by: { stateHash: hash },
      access: result.access,
      snapshot,
      shown: snapshots,
    });
    const otherLinks = after.status === 'linked' ? (after.otherLinks ?? []) : [];
    return { outcome: 'linked', connectionId, code: null, by: 'user', otherLinks, position };
  }

  async #target(state: string): Promise<KnownConnection> {
    const { connectionId, isFor } = readLinkState(this.#deps.vault, state, this.#deps.clock.now());
    const target = await knownConnection(this.#deps, connectionId, null).catch((error: unknown) => {
      throw error instanceof DomainError ? unknownState() : error;
    });
    if (!isFor(target.tenantId)) throw unknownState();
    return target;
  }

  async #refuse(
    target: KnownConnection,
    hash: string,
    { code, by }: { readonly code: string; readonly by: 'user' | 'provider' },
  ): Promise<CompletedLink> {
    const { connectionId, tenantId } = target;
    const command = { type: 'RefuseLink' as const, stateHash: hash, code, by, now: this.#deps.clock.now() };
    const metadata = this.#deps.metadata(tenantId);
    const { position } = await runDecider(this.#deps, connection, connectionId, command, { metadata });
    return { outcome: 'refused', connectionId, code, by, otherLinks: [], position };
  }
}
