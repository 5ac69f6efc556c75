import { Type } from 'class-transformer';
import { Equals, IsIn, IsString, ValidateNested } from 'class-validator';
import { CloudEvent } from './cloud-event.js';
import { ConnectionData } from './connection.data.js';

export class ConnectionActionRequiredData extends ConnectionData {
  /** What is wrong: stable, ours or the provider's. */
  @IsString()
  readonly code!: string;

  /** Who must act; `time`: it mends by itself. */
  @IsIn(['user', 'provider', 'time', 'nobody'])
  readonly owner!: 'user' | 'provider' | 'time' | 'nobody';

  /** In words, with a next step. */
  @IsString()
  readonly message!: string;
}

/** The connection does not work until somebody acts. */
export class ConnectionActionRequiredV1 extends CloudEvent {
  @Equals('passerelle.connection.action-required.v1')
  readonly type!: 'passerelle.connection.action-required.v1';

  @ValidateNested()
  @Type(() => ConnectionActionRequiredData)
  readonly data!: ConnectionActionRequiredData;
}
