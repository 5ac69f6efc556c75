import type { ConnectionProvider } from '#domain';

/** A provider told of a link that we do not know, of somebody whom we made a link page for: look for it now. */
export class FindLinkOf {
  readonly type = 'FindLinkOf';
  constructor(
    readonly connectionId: string,
    readonly provider: ConnectionProvider,
    /** As the provider calls the link; `null`: it did not say. */
    readonly providerConnectionId: string | null,
  ) {}
}
