/** End at the provider what was disconnected here with this revision of the connection's stream. */
export class DisconnectAtProvider {
  readonly type = 'DisconnectAtProvider';
  constructor(
    readonly connectionId: string,
    readonly revision: bigint,
  ) {}
}
