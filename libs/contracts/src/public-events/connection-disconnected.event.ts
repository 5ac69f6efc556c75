import { Type } from 'class-transformer';
import { Equals, IsIn, ValidateNested } from 'class-validator';
import { CloudEvent } from './cloud-event.js';
import { ConnectionData } from './connection.data.js';

export class ConnectionDisconnectedData extends ConnectionData {
  /** Who ended it. */
  @IsIn(['caller', 'provider'])
  readonly by!: 'caller' | 'provider';
}

/** The link ended; its transactions stay. */
export class ConnectionDisconnectedV1 extends CloudEvent {
  @Equals('passerelle.connection.disconnected.v1')
  readonly type!: 'passerelle.connection.disconnected.v1';

  @ValidateNested()
  @Type(() => ConnectionDisconnectedData)
  readonly data!: ConnectionDisconnectedData;
}
