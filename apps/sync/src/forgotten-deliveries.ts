/** Name of the read model of deliveries: its schema, its checkpoint and its lock. */
export const DELIVERIES = 'deliveries';

/** Holds the one stream of {@link DeliveriesForgotten}. */
export const FORGOTTEN_CATEGORY = 'forgotten';
export const FORGOTTEN_STREAM = `${FORGOTTEN_CATEGORY}-deliveries`;

/**
 * These deliveries are older than the retention; their streams were deleted before this was written. The log keeps what a
 * deleted stream held for a while, or for ever, so a rebuild meets the old events again: this one makes it forget them.
 */
export interface DeliveriesForgotten {
  readonly type: 'DeliveriesForgotten';
  readonly data: {
    readonly deliveries: readonly {
      readonly deliveryId: string;
      /** Last revision that was deleted: what was received again since has a greater one. */
      readonly revision: string;
    }[];
    readonly forgottenAt: string;
  };
}
