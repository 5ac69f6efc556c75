/** Act on a stored webhook once more. A repeat with the same `commandId` finds the replay that the first one made. */
export class ReplayDelivery {
  readonly type = 'ReplayDelivery';
  constructor(
    readonly deliveryId: string,
    readonly commandId: string,
    /** The only tenant whose connections' deliveries may be replayed; `null`: any delivery. */
    readonly scope: string | null,
  ) {}
}

export interface ReplayDeliveryResult {
  /** `<deliveryId>~<n>` */
  readonly requestId: string;
  readonly position: bigint | null;
}
