import type { EventTail, RpcClient } from '#messaging';
import type { Vault } from '#vault';
import type { Idempotency } from './idempotency.js';
import type { OwnWrites } from './own-writes.js';

/** Everything that the controllers of this app share; made once at start, injected as one value. */
export class GatewayDeps {
  constructor(
    readonly rpc: RpcClient,
    readonly tail: EventTail,
    readonly vault: Vault,
    readonly idempotency: Idempotency,
    readonly ownWrites: OwnWrites,
    /** The sandbox bank is the provider: its IBANs are accepted, also the one whose check digits are wrong. */
    readonly sandbox: boolean,
    /** Aborted when the app stops: live streams end. */
    readonly stopping: AbortSignal,
  ) {}
}
