import { Type } from 'class-transformer';
import { Equals, IsIn, ValidateNested } from 'class-validator';
import { CloudEvent } from './cloud-event.js';
import { ConnectionData } from './connection.data.js';

export class ConnectionLinkedData extends ConnectionData {
  @IsIn(['powens', 'tink'])
  readonly provider!: 'powens' | 'tink';
}

/** The account holder authorised the link, or repaired it: transactions follow. */
export class ConnectionLinkedV1 extends CloudEvent {
  @Equals('passerelle.connection.linked.v1')
  readonly type!: 'passerelle.connection.linked.v1';

  @ValidateNested()
  @Type(() => ConnectionLinkedData)
  readonly data!: ConnectionLinkedData;
}
