import type { StartedLink } from '../link-session.js';

/** A fresh link or repair page for a connection that exists. */
export class StartLinkOf {
  readonly type = 'StartLinkOf';
  constructor(
    readonly connectionId: string,
    readonly scope: string | null,
  ) {}
}

export type StartedLinkResult = StartedLink;
