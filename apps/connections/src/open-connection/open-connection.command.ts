import type { OpenConnectionRpc } from '#contracts';
import type { StartedLink } from '../link-session.js';

export class OpenConnectionFor {
  readonly type = 'OpenConnectionFor';
  constructor(readonly request: OpenConnectionRpc) {}
}

export interface OpenedConnection {
  readonly connectionId: string;
  /** `null`: credentials were given, or the provider could make no link page now. */
  readonly link: StartedLink | null;
  readonly position: bigint | null;
}
