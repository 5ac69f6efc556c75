export class DisconnectConnection {
  readonly type = 'DisconnectConnection';
  constructor(
    readonly connectionId: string,
    readonly scope: string | null,
  ) {}
}

export interface DisconnectedConnection {
  readonly position: bigint | null;
}
