import { Type } from 'class-transformer';
import { Equals, IsIn, IsString, ValidateNested } from 'class-validator';
import { CloudEvent } from './cloud-event.js';
import { ConnectionData } from './connection.data.js';

export class ConnectionActionRequiredData extends ConnectionData {
  /** What is wrong: stable, ours or the provider's. */
  @IsString()
  readonly code!: string;

  /** Who must act: the account holder (`user`), whoever opened the connection (`caller`), …; `time`: it mends by itself. */
  @IsIn(['user', 'caller', 'provider', 'time', 'nobody'])
  readonly owner!: 'user' | 'caller' | 'provider' | 'time' | 'nobody';

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
