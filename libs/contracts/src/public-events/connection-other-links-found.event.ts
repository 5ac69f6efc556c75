import { Type } from 'class-transformer';
import { Equals, IsArray, IsString, ValidateNested } from 'class-validator';
import { OtherLinkView } from '../views/other-link.view.js';
import { CloudEvent } from './cloud-event.js';
import { ConnectionData } from './connection.data.js';

export class ConnectionOtherLinksFoundData extends ConnectionData {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => OtherLinkView)
  readonly otherLinks!: OtherLinkView[];

  /** In words, with a next step. */
  @IsString()
  readonly message!: string;
}

/** On a page that was made for this connection the account holder linked more than one bank; the others are used by nobody. */
export class ConnectionOtherLinksFoundV1 extends CloudEvent {
  @Equals('passerelle.connection.other-links-found.v1')
  readonly type!: 'passerelle.connection.other-links-found.v1';

  @ValidateNested()
  @Type(() => ConnectionOtherLinksFoundData)
  readonly data!: ConnectionOtherLinksFoundData;
}
