/** End at the provider what this revision of the connection's stream leaves to be ended there. */
export class DisconnectAtProvider {
  readonly type = 'DisconnectAtProvider';
  constructor(
    readonly connectionId: string,
    readonly revision: bigint,
  ) {}
}
