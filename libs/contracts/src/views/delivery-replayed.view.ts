import { IsString } from 'class-validator';

/** A delivery is acted on once more. */
export class DeliveryReplayedView {
  @IsString()
  readonly deliveryId!: string;

  /** Finds the run that it becomes part of: `GET /v1/syncs/{requestId}`. */
  @IsString()
  readonly requestId!: string;
}
